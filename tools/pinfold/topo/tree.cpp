#include "topo/tree.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace pinfold::tool {
namespace {

// Where an object's CPUs stand in logical order.
struct Stretch {
  std::size_t first;
  std::size_t last;  // one behind
  ObjectName name;
};

class Builder {
 public:
  explicit Builder(const Machine& machine) : machine_(machine) {
    find_own();
    collect();
  }

  MachineTree build() {
    std::size_t next = 0;
    tree_.branches = nest(next, machine_.cpus().size());
    for (std::vector<Branch>* branches : {&tree_.branches, &tree_.crossing}) {
      for (Branch& branch : *branches)
        finish(branch);
    }
    return std::move(tree_);
  }

 private:
  void find_own() {
    const auto cores = machine_.objects(Level::core);
    if (cores.size() < 2) return;
    for (const Level level : {Level::package, Level::l3, Level::l2}) {
      const auto objects = machine_.objects(level);
      const bool own =
          std::ranges::equal(objects, cores, [&](const Object& one, const Object& core) {
            return one.cpus == core.cpus && one.size == objects.front().size;
          });
      if (own) tree_.own.push_back(level);
    }
  }

  void collect() {
    std::vector<std::size_t> position;
    const auto cpus = machine_.cpus();
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      position.resize(std::max<std::size_t>(position.size(), cpus[i].value() + 1));
      position[cpus[i].value()] = i;
    }
    for (const Level level : {Level::package, Level::node, Level::die, Level::l3, Level::cluster,
                              Level::l2, Level::core}) {
      if (std::ranges::find(tree_.own, level) != tree_.own.end()) continue;
      const auto objects = machine_.objects(level);
      for (std::size_t i = 0; i < objects.size(); ++i)
        add(objects[i].cpus, {level, i}, position);
    }
    std::ranges::stable_sort(stretches_, [](const Stretch& a, const Stretch& b) {
      return a.first != b.first ? a.first < b.first : a.last > b.last;
    });
  }

  void add(const CpuSet& cpus, ObjectName name, const std::vector<std::size_t>& position) {
    if (cpus.empty()) {
      tree_.without_cpus.push_back(name);
      return;
    }
    std::size_t first = position[cpus.first()->value()];
    std::size_t last = first;
    for (const CpuId cpu : cpus) {
      first = std::min(first, position[cpu.value()]);
      last = std::max(last, position[cpu.value()]);
    }
    if (last - first + 1 != cpus.count()) {
      tree_.crossing.push_back(branch_of(name));
    } else {
      stretches_.push_back({first, last + 1, name});
    }
  }

  Branch branch_of(ObjectName name) {
    return {.objects = {name}, .cpus = &object_of(machine_, name).cpus};
  }

  // All from `next` that begins before `end`, which is where the object around them ends.
  std::vector<Branch> nest(std::size_t& next, std::size_t end) {
    std::vector<Branch> branches;
    while (next < stretches_.size() && stretches_[next].first < end) {
      const Stretch stretch = stretches_[next++];
      Branch branch = branch_of(stretch.name);
      if (stretch.last > end) {
        tree_.crossing.push_back(std::move(branch));
        continue;
      }
      for (; next < stretches_.size() && stretches_[next].first == stretch.first &&
             stretches_[next].last == stretch.last;
           ++next)
        branch.objects.push_back(stretches_[next].name);
      branch.children = nest(next, stretch.last);
      branches.push_back(std::move(branch));
    }
    return branches;
  }

  void finish(Branch& branch) {
    for (Branch& child : branch.children)
      finish(child);
    keep_what_says_something(branch.objects);
    const auto kinds = machine_.kinds();
    for (std::size_t i = 0; kinds.size() > 1 && i < kinds.size(); ++i) {
      if (kinds[i].cpus.contains(*branch.cpus)) branch.kind = i;
    }
    branch.shape = shape_of(branch);
  }

  static void keep_what_says_something(std::vector<ObjectName>& objects) {
    for (const Level level : {Level::die, Level::cluster}) {
      if (objects.size() > 1)
        std::erase_if(objects, [&](ObjectName object) { return object.level == level; });
    }
  }

  unsigned shape_of(const Branch& branch) {
    std::vector<std::uint64_t> shape = {branch.cpus->count(), branch.kind ? *branch.kind + 1 : 0,
                                        branch.objects.size()};
    for (const ObjectName name : branch.objects) {
      shape.push_back(static_cast<std::uint64_t>(name.level));
      shape.push_back(name.level == Level::node ? 0 : object_of(machine_, name).size);
    }
    for (const Branch& child : branch.children)
      shape.push_back(child.shape);
    const auto next = static_cast<unsigned>(shapes_.size());
    return shapes_.try_emplace(std::move(shape), next).first->second;
  }

  const Machine& machine_;
  MachineTree tree_;
  std::vector<Stretch> stretches_;
  std::map<std::vector<std::uint64_t>, unsigned> shapes_;
};

}  // namespace

bool Branch::is_core() const { return objects.back().level == Level::core && children.empty(); }

bool Branch::is_row_of_cores() const {
  return !children.empty() && std::ranges::all_of(children, [&](const Branch& child) {
    return child.is_core() && child.shape == children.front().shape;
  });
}

MachineTree tree_of(const Machine& machine) { return Builder(machine).build(); }

const Object& object_of(const Machine& machine, ObjectName name) {
  return machine.objects(name.level)[name.index];
}

}  // namespace pinfold::tool

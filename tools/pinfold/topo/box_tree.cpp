#include "topo/box_tree.h"

#include <algorithm>
#include <map>

namespace pinfold::tool {
namespace {

class Builder {
 public:
  Builder(const Machine& machine, const MachineTree& tree, const Scale& scale)
      : machine_(machine), tree_(tree), scale_(scale) {
    find_slots(tree.branches);
  }

  Box build() {
    Box box{.cpus = machine_.online(), .shape = whole_page};
    fill(box, tree_.branches);
    for (const ObjectName node : tree_.without_cpus)
      box.boxes.push_back(with_titles({.objects = {node}, .shape = no_cpus}));
    return box;
  }

 private:
  static constexpr unsigned no_cpus = ~0U;
  static constexpr unsigned loose = ~0U - 1;
  static constexpr unsigned whole_page = ~0U - 2;

  // Two boxes come of a branch that is a core and more.
  enum class Part : unsigned {
    group,
    core
  };
  static unsigned shape_of(const Branch& branch, Part part) {
    return 2 * branch.shape + static_cast<unsigned>(part);
  }

  Box group(const Branch& branch) {
    Box box{.objects = branch.objects,
            .cpus = *branch.cpus,
            .kind = branch.kind,
            .shape = shape_of(branch, Part::group)};
    if (branch.children.empty()) {
      auto& objects = box.objects;
      Box inner = core(branch);
      std::erase_if(objects, [&](ObjectName object) { return belongs_to_core(object.level); });
      if (objects.empty()) return inner;
      box.boxes.push_back(std::move(inner));
    } else {
      fill(box, branch.children);
    }
    return with_titles(std::move(box));
  }

  // A core of which a CPU is offline takes as much room as the others of its kind.
  void find_slots(const std::vector<Branch>& branches) {
    for (const Branch& branch : branches) {
      find_slots(branch.children);
      std::size_t& slots = slots_[branch.kind];
      if (branch.children.empty()) slots = std::max(slots, branch.cpus->count());
    }
  }

  static bool belongs_to_core(Level level) { return level == Level::core || level == Level::l2; }

  void fill(Box& box, const std::vector<Branch>& branches) {
    CpuSet rest = box.cpus;
    for (const Branch& branch : branches) {
      rest -= *branch.cpus;
      box.boxes.push_back(group(branch));
    }
    // What lies across others may leave CPUs without a core in the tree.
    for (const CpuId cpu : rest)
      box.boxes.push_back({.cpus = {cpu}, .cells = {{cpu}}, .slots = 1, .shape = loose});
  }

  Box core(const Branch& branch) {
    Box box{.cpus = *branch.cpus,
            .kind = branch.kind,
            .slots = slots_.at(branch.kind),
            .shape = shape_of(branch, Part::core)};
    for (const ObjectName object : branch.objects) {
      if (!belongs_to_core(object.level)) continue;
      box.objects.push_back(object);
      if (object.level != Level::core) continue;
      for (const Level level : tree_.own)
        box.objects.push_back({level, object.index});
    }
    for (const CpuId cpu : box.cpus)
      box.cells.push_back({cpu});
    // Its own name comes first.
    std::ranges::stable_partition(box.objects,
                                  [](ObjectName object) { return object.level == Level::core; });
    return scale_.names_cores ? with_titles(std::move(box)) : box;
  }

  [[nodiscard]] Box with_titles(Box box) const {
    for (const ObjectName object : box.objects) {
      if (box.cpus.empty() || box.cpus.count() >= scale_.titled_at) box.titles.push_back({object});
    }
    return box;
  }

  const Machine& machine_;
  const MachineTree& tree_;
  const Scale& scale_;
  std::map<std::optional<std::size_t>, std::size_t> slots_;
};

}  // namespace

Box box_tree(const Machine& machine, const MachineTree& tree, const Scale& scale) {
  return Builder(machine, tree, scale).build();
}

bool stand_together(const Box& a, const Box& b) {
  return a.kind == b.kind && a.is_core() == b.is_core() && a.cpus.empty() == b.cpus.empty();
}

}  // namespace pinfold::tool

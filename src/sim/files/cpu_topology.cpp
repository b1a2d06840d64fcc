#include "sim/files/cpu_topology.h"

#include <array>

namespace pinfold::sim {
namespace {

// Of those groups that have objects, the n-th kind counted from the outermost.
std::span<const Object> groups(const Machine& machine, bool drawers) {
  std::vector<const std::vector<Object>*> kinds;
  for (const std::vector<Object>& objects : machine.facts().groups) {
    if (!objects.empty()) kinds.push_back(&objects);
  }
  // A kernel that knows drawers knows books, too.
  if (kinds.empty() || (drawers && kinds.size() == 1)) return {};
  return drawers || kinds.size() == 1 ? *kinds[0] : *kinds[1];
}

}  // namespace

CpuTopology::Partial::Partial(std::span<const Object> objects, ContentStore& contents)
    : membership_(objects) {
  domains_.reserve(objects.size());
  for (const Object& object : objects) {
    const long id = object.id ? static_cast<long>(*object.id) : static_cast<long>(domains_.size());
    domains_.push_back({.id = contents.number(id),
                        .list = contents.list(object.cpus),
                        .mask = contents.mask(object.cpus)});
  }
}

// Who stands in none seems to have one for itself, without a number.
CpuTopology::Domain CpuTopology::Partial::of(CpuId cpu, ContentStore& contents) const {
  const std::size_t object = membership_.of(cpu);
  if (object != membership_.none()) return domains_[object];
  const CpuSet alone{cpu};
  return {.id = contents.number(-1), .list = contents.list(alone), .mask = contents.mask(alone)};
}

CpuTopology::CpuTopology(const MachineView& view, ContentStore& contents)
    : view_(view),
      contents_(contents),
      dies_(view.machine().objects(Level::die), contents),
      clusters_(view.machine().objects(Level::cluster), contents),
      drawers_(groups(view.machine(), true), contents),
      books_(groups(view.machine(), false), contents) {
  const auto domain = [&](const Object& object, long id) {
    return Domain{.id = contents.number(id),
                  .list = contents.list(object.cpus),
                  .mask = contents.mask(object.cpus)};
  };
  for (const Object& package : view.packages())
    packages_.push_back(domain(package, package.id ? static_cast<long>(*package.id) : -1));
  for (const Object& core : view.cores())
    cores_.push_back(domain(core, view.core_id(*core.cpus.first())));
  number_dies();
}

// Where they have no numbers, each package counts its own.
void CpuTopology::number_dies() {
  std::vector<long> in_package(view_.packages().size());
  const auto dies = view_.machine().objects(Level::die);
  for (std::size_t i = 0; i < dies.size(); ++i) {
    long& next = in_package[view_.package_of(*dies[i].cpus.first())];
    if (!dies[i].id) dies_.number(i, contents_.number(next++));
  }
}

// In the order in which the names are sorted.
void CpuTopology::add(FileTree& tree, FileTree::FolderId folder, CpuId cpu) {
  const auto add = [&](const char* name, ContentStore::Id content) {
    tree.add_file(folder, name, content);
  };
  const Domain& package = packages_[view_.package_of(cpu)];
  const Domain& core = cores_[view_.core_of(cpu)];
  if (books_.exists()) {
    const Domain book = books_.of(cpu, contents_);
    add("book_id", book.id);
    add("book_siblings", book.mask);
    add("book_siblings_list", book.list);
  }
  if (clusters_.exists()) {
    const Domain cluster = clusters_.of(cpu, contents_);
    add("cluster_cpus", cluster.mask);
    add("cluster_cpus_list", cluster.list);
    add("cluster_id", cluster.id);
  }
  add("core_cpus", core.mask);
  add("core_cpus_list", core.list);
  add("core_id", core.id);
  add("core_siblings", package.mask);
  add("core_siblings_list", package.list);
  if (dies_.exists()) {
    const Domain die = dies_.of(cpu, contents_);
    add("die_cpus", die.mask);
    add("die_cpus_list", die.list);
    add("die_id", die.id);
  }
  if (drawers_.exists()) {
    const Domain drawer = drawers_.of(cpu, contents_);
    add("drawer_id", drawer.id);
    add("drawer_siblings", drawer.mask);
    add("drawer_siblings_list", drawer.list);
  }
  add("package_cpus", package.mask);
  add("package_cpus_list", package.list);
  add("physical_package_id", package.id);
  add("thread_siblings", core.mask);
  add("thread_siblings_list", core.list);
}

}  // namespace pinfold::sim

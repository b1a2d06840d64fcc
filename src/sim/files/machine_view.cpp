#include "sim/files/machine_view.h"

#include <algorithm>

namespace pinfold::sim {
namespace {

std::vector<Object> all_packages(const Machine& machine) {
  const auto known = machine.objects(Level::package);
  std::vector<Object> packages(known.begin(), known.end());
  CpuSet without = machine.online();
  unsigned id = 0;
  for (const Object& package : packages) {
    without -= package.cpus;
    if (package.id) id = std::max(id, *package.id + 1);
  }
  if (!without.empty()) packages.push_back({.cpus = std::move(without), .id = id});
  return packages;
}

}  // namespace

MachineView::MachineView(const Machine& machine)
    : machine_(machine),
      packages_(all_packages(machine)),
      package_(packages_),
      core_(machine.objects(Level::core)),
      cores_in_(packages_.size()) {
  for (const Object& core : cores())
    core_ids_.push_back(cores_in_[package_of(*core.cpus.first())]++);
}

unsigned MachineView::bits() const {
  const CpuSet all = machine_.possible() | machine_.present() | machine_.online();
  return all.empty() ? 1 : all.last()->value() + 1;
}

}  // namespace pinfold::sim

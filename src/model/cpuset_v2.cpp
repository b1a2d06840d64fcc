#include "model/cpuset_v2.h"

#include <algorithm>

namespace pinfold::model {

void CpusetV2Rules::begin(Cgroup& cpuset) {
  cpuset.cpus.clear();
  cpuset.mems = {};
  cpuset.exclusive.clear();
  cpuset.effective_exclusive.clear();
  cpuset.effective = cpuset.parent->effective;
  cpuset.effective_mems = cpuset.parent->effective_mems;
  cpuset.has_parents_cpus = true;
  cpuset.invalid_why = nullptr;
  cpuset.remote = false;
}

void CpusetV2Rules::end(Cgroup& cpuset) {
  if (cpuset.is_valid_partition()) write_partition(cpuset, PartitionKind::member);
  cpuset.kind = PartitionKind::member;
  cpuset.valid = true;
  cpuset.cpu_exclusive = false;
}

// partition_is_populated()
bool CpusetV2Rules::has_tasks(const Cgroup& partition, const Cgroup* but) {
  if (!partition.tasks.empty()) return true;
  return std::ranges::any_of(partition.children, [&](const auto& child) {
    const bool apart = child->is_valid_partition() && !child->remote;
    return child.get() != but && !apart && child->populated();
  });
}

void CpusetV2Rules::make_invalid(Cgroup& cpuset, const char* why) {
  cpuset.valid = false;
  if (why) cpuset.invalid_why = why;
}

// update_cpumasks_hier()
void CpusetV2Rules::update_below(Cgroup& cpuset, bool force) {
  const auto below = [&](const auto& self, Cgroup& at) -> void {
    if (!update_one(at, &at == &cpuset, force)) return;
    for_each_child(at, [&](Cgroup& child) { self(self, child); });
  };
  below(below, cpuset);
}

}  // namespace pinfold::model

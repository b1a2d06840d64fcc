#include "model/cpuset_v1.h"

#include <cerrno>

namespace pinfold::model {

int CpusetV1Rules::check(const Cgroup& cpuset, const Change& change) const {
  int refused = 0;
  for_each_child(cpuset, [&](const Cgroup& child) {
    const bool inside = change.cpus->contains(child.cpus) && change.mems->contains(child.mems) &&
                        (change.cpu_exclusive || !child.cpu_exclusive);
    if (!inside) refused = -EBUSY;
  });
  if (refused != 0) return refused;
  if (const Cgroup* parent = cpuset.parent) {
    const bool inside = parent->cpus.contains(*change.cpus) &&
                        parent->mems.contains(*change.mems) &&
                        (parent->cpu_exclusive || !change.cpu_exclusive);
    if (!inside) return -EACCES;
  }
  return CpusetRules::check(cpuset, change);
}

int CpusetV1Rules::write_cpus(Cgroup& cpuset, const CpuSet& cpus) {
  if (cpuset.is_root()) return -EACCES;
  if (!top().cpus.contains(cpus)) return -EINVAL;
  if (cpuset.cpus == cpus) return 0;
  const int refused = check_cpus(cpuset, cpus);
  if (refused != 0) return refused;
  cpuset.cpus = cpus;
  cpuset.effective = cpus;
  update_tasks(cpuset);
  return 0;
}

void CpusetV1Rules::follow_active_cpus(Cgroup& cpuset) {
  const CpuSet now = cpuset.cpus & cpuset.parent->effective;
  if (now == cpuset.effective) return;
  cpuset.cpus = now;
  cpuset.effective = now;
  if (!now.empty()) return update_tasks(cpuset);
  // An empty one is evacuated, to the nearest above that has CPUs and memory.
  Cgroup* above = cpuset.parent;
  while (above->cpus.empty() || above->mems.empty())
    above = above->parent;
  while (Task* task = cpuset.tasks.front())
    system().attach(*task, *above);
}

}  // namespace pinfold::model

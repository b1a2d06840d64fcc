#include "model/cpuset_rules.h"

#include <algorithm>
#include <cerrno>

#include "model/cpuset_v1.h"
#include "model/partitions_exclusive.h"
#include "model/partitions_subparts.h"

namespace pinfold::model {

std::unique_ptr<CpusetRules> CpusetRules::of(System& system) {
  if (system.hierarchy() != Hierarchy::v2) return std::make_unique<CpusetV1Rules>(system);
  if (system.profile().partitions.value == Partitions::exclusive) {
    return std::make_unique<ExclusiveRules>(system);
  }
  return std::make_unique<SubpartsRules>(system);
}

bool CpusetRules::conflicts(const Change& change, const Cgroup& beside) const {
  return (change.cpu_exclusive || beside.cpu_exclusive) && change.cpus->intersects(beside.cpus);
}

int CpusetRules::check(const Cgroup& cpuset, const Change& change) const {
  if (cpuset.is_root()) return 0;
  if (cpuset.populated()) {
    if (!cpuset.cpus.empty() && change.cpus->empty()) return -ENOSPC;
    if (!cpuset.mems.empty() && change.mems->empty()) return -ENOSPC;
  }
  if (cpuset.cpu_exclusive && !system_.leaves_deadlines_room(cpuset.cpus, *change.cpus)) {
    return -EBUSY;
  }
  int conflict = 0;
  for_each_child(*cpuset.parent, [&](const Cgroup& beside) {
    if (&beside != &cpuset && conflicts(change, beside)) conflict = -EINVAL;
  });
  return conflict;
}

void CpusetRules::update_tasks(Cgroup& cpuset) {
  if (!cpuset.has_cpuset) return;  // it ends, and they have gone to the one above
  const bool root = cpuset.is_root();
  const bool all_possible = system_.profile().top_allows.value == TopAllows::possible;
  const Mask mask = system_.masks().get(root && all_possible ? system_.possible() - in_partitions()
                                                             : cpuset.effective);
  for_each_governed(cpuset, [&](Task& task) {
    if (root && task.kernel_thread == KernelThread::bound) return;
    const CpuSet& run = system_.cpus_that_run(task);
    if (run.contains(*mask)) {
      system_.allow(task, mask);
    } else {
      system_.allow(task, run & *mask);
    }
  });
}

// Nodes do not come and go here, so that only writes change them.
void CpusetRules::update_mems(Cgroup& cpuset) {
  NodeSet mems = cpuset.mems & cpuset.parent->effective_mems;
  if (in_v2() && mems.empty()) mems = cpuset.parent->effective_mems;
  cpuset.effective_mems = mems;
  for_each_child(cpuset, [&](Cgroup& child) { update_mems(child); });
}

int CpusetRules::write_mems(Cgroup& cpuset, const NodeSet& mems) {
  if (cpuset.is_root()) return -EACCES;
  if (!top().mems.contains(mems)) return -EINVAL;
  if (cpuset.mems == mems) return 0;
  Change change = unchanged(cpuset);
  change.mems = &mems;
  const int refused = check(cpuset, change);
  if (refused != 0) return refused;
  cpuset.mems = mems;
  update_mems(cpuset);
  return 0;
}

int CpusetRules::write_cpu_exclusive(Cgroup& cpuset, bool exclusive) {
  Change change = unchanged(cpuset);
  change.cpu_exclusive = exclusive;
  const int refused = check(cpuset, change);
  if (refused == 0) cpuset.cpu_exclusive = exclusive;
  return refused;
}

int CpusetRules::write_partition(Cgroup&, PartitionKind) { return -ENOENT; }
int CpusetRules::write_exclusive(Cgroup&, const CpuSet&) { return -ENOENT; }

// cpuset_handle_hotplug()
void CpusetRules::follow_active_cpus() {
  Cgroup& root = top();
  CpuSet now = active();
  if (root.effective == now && in_partitions().empty()) return;
  if (!in_v2()) root.cpus = now;
  if (!in_partitions().empty()) {
    if (in_partitions().contains(now)) {
      in_partitions().clear();  // nothing is left outside: let them share what there is
      root.given_away.clear();
    } else {
      now -= in_partitions();
    }
  }
  root.effective = now;
  const auto below = [&](const auto& self, Cgroup& cpuset) -> void {
    for_each_child(cpuset, [&](Cgroup& child) {
      follow_active_cpus(child);
      self(self, child);
    });
  };
  below(below, root);
}

}  // namespace pinfold::model

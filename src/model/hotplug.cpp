// CPUs that come and go: kernel/cpu.c, sched_cpu_deactivate() and sched_cpu_activate().
#include <cerrno>

#include "model/cpuset_rules.h"
#include "model/system.h"

namespace pinfold::model {

// dl_bw_deactivate(): the fair servers of CPUs that went before are counted still, and the last one
// of a partition cannot leave them alone.
bool System::ends_deadlines(CpuId cpu) const {
  if (!profile().fair_servers || !setup_.deadline_admission) return false;
  bool last = false;
  for_each_below(root_, [&](const Cgroup& cgroup) {
    if (cgroup.is_root() || !cgroup.is_valid_partition()) return;
    if (cgroup.kind == PartitionKind::isolated) return;  // nobody balances there
    last |= cgroup.effective == CpuSet{cpu} && cgroup.effective_exclusive.count() > 1;
  });
  return last;
}

int System::take_offline(CpuId cpu) {
  if (!present().contains(cpu)) return -EINVAL;
  if (!online_.contains(cpu)) return 0;
  if (online_.count() == 1) return -EBUSY;
  const bool busy = ends_deadlines(cpu);
  active_.remove(cpu);
  push_off(cpu.value());
  if (busy) {  // found out when everybody has been sent away
    active_.add(cpu);
    return -EBUSY;
  }
  if (profile().sleepers_are_moved) {
    tasks_.for_each([&](Task& task) {
      if (task.cpu == cpu.value() && !may_run_on(task, cpu)) task.cpu = fallback_cpu(task);
    });
  }
  rules_->follow_active_cpus();
  online_.remove(cpu);
  return 0;
}

int System::bring_online(CpuId cpu) {
  if (!present().contains(cpu)) return -EINVAL;
  if (online_.contains(cpu)) return 0;
  online_.add(cpu);
  active_.add(cpu);
  rules_->follow_active_cpus();
  return 0;
}

}  // namespace pinfold::model

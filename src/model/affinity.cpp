// The two calls, behind their buffers: kernel/sched/syscalls.c and core.c.
#include <cerrno>

#include "kernel/permission.h"
#include "model/system.h"

namespace pinfold::model {

int System::may_set(const Task& caller, const Task& task) const {
  const Credentials& own = *caller.credentials;
  const Credentials& other = *task.credentials;
  const bool nice = capable(own, *other.user_namespace, cap_sys_nice);
  switch (rule_against(own, other)) {
    case SetRule::none:
      return 0;
    case SetRule::other_user:
      return nice ? 0 : -EPERM;
    case SetRule::capabilities:
      return nice || !profile().capabilities ? 0 : -EPERM;
  }
  return -EPERM;
}

// __ptrace_may_access() and cap_ptrace_access_check(). Who has no memory (any more) is not asked
// whether it may be dumped.
bool System::may_look_at(const Task& caller, const Task& task, Look how) const {
  constexpr unsigned cap_sys_ptrace = 19;  // linux/capability.h
  if (caller.process == task.process) return true;
  const Credentials& own = *caller.credentials;
  const Credentials& other = *task.credentials;
  if (capable(own, *other.user_namespace, cap_sys_ptrace)) return true;
  const uid_t uid = how == Look::by_file ? own.effective : own.real;
  if (uid != other.real || uid != other.effective || uid != other.saved) return false;
  const bool has_memory = task.process->program && task.state != TaskState::zombie;
  if (has_memory && !task.process->dumpable) return false;
  const std::uint64_t held = how == Look::by_file ? own.in_force : own.permitted;
  return own.user_namespace == other.user_namespace && (other.permitted & ~held) == 0;
}

CpuSet System::usable_in(const Cgroup& cpuset, const Task& task) const {
  CpuSet usable = cpus_that_run(task) & active_;
  if (usable.empty()) usable = active_;
  const Cgroup* at = &cpuset;
  while (at && !at->effective.intersects(usable))
    at = at->parent;
  return at ? usable & at->effective : usable;
}

CpuSet System::cpuset_allows(const Task& task) const {
  if (hierarchy() == Hierarchy::none && !profile().cpusets_v1) return possible();
  const Cgroup& cpuset = task.cgroup->governing();
  if (!cpuset.is_root() || profile().top_allows.value == TopAllows::online) {
    return usable_in(cpuset, task);
  }
  CpuSet allowed = cpus_that_run(task) - in_partitions_;
  if (!allowed.intersects(active_)) allowed = cpus_that_run(task);
  return allowed;
}

CpuSet System::effective(const Task& task) const {
  switch (profile().get_shows.value) {
    case GetShows::online:
      return *task.allowed & online_;
    case GetShows::possible:
      return *task.allowed & possible();
    case GetShows::active:
      return *task.allowed & active_;
  }
  return {};
}

// __set_cpus_allowed_ptr()
int System::try_allowed(Task& task, const Mask& mask, Mask* request) {
  const CpuSet& cpus = *mask;
  const bool kernel_thread = task.is_kernel_thread();
  const CpuSet& run = kernel_thread ? online_ : active_;
  if (setup_.machine.limits().cpus.aarch32 && !kernel_thread &&
      !cpus_that_run(task).contains(cpus)) {
    return -EINVAL;
  }
  const bool unchanged = profile().unchanged_is_taken && task.allowed == mask;
  if (!unchanged && !cpus.intersects(run)) return -EINVAL;
  if (request && profile().requests) std::swap(task.request, *request);
  if (unchanged) return 0;

  task.allowed = mask;
  // affine_move_task(): who runs or waits to run is on a CPU of the mask when this returns; who
  // sleeps is moved when he wakes.
  if (cpus.contains(CpuId(task.cpu))) return 0;
  if (profile().sleepers_are_moved && task.state == TaskState::sleeping) {
    task.cpu = (cpus & run).first()->value();
  }
  if (task.state == TaskState::runnable) {
    const bool first = is_running(task);
    const unsigned to = any_of(cpus, run);
    dequeue(task);
    enqueue(task, to);
    if (first) {
      queues_[to].remove(task);
      queues_[to].push_front(task);
    }
  }
  return 0;
}

void System::allow(Task& task, const Mask& mask) {
  const bool wished = task.request && task.request->intersects(*mask);
  try_allowed(task, wished ? masks_.get(*mask & *task.request) : mask, nullptr);
}

int System::set_affinity(Task& caller, pid_t number, const CpuSet& asked) {
  const Profile& facts = profile();
  if (facts.mask_before_task && !asked.intersects(online_)) return -EINVAL;
  Task* task = find(caller, number);
  if (!task) return -ESRCH;
  if (facts.bound_threads && task->kernel_thread == KernelThread::bound) return -EINVAL;
  if (const int refused = may_set(caller, *task); refused != 0) return refused;

  const CpuSet allowed = cpuset_allows(*task);
  step(Step::cpuset_read, *task);
  const CpuSet& kept = facts.keeps.value == Keeps::online ? online_ : allowed;
  Mask request = masks_.get(asked);
  Mask mask =
      facts.keeps.value == Keeps::all || kept.contains(asked) ? request : masks_.get(asked & kept);
  if (task->deadline && facts.deadline && setup_.deadline_admission &&
      !mask->contains(root_domain(CpuId(task->cpu)))) {
    return -EBUSY;
  }
  for (;;) {
    if (const int refused = try_allowed(*task, mask, &request); refused != 0) return refused;
    step(Step::mask_set, *task);
    // on_step is the only way for others to get in.
    if (!on_step || facts.race.value == Race::none) return 0;
    const CpuSet now = cpuset_allows(*task);
    if (now.contains(*mask)) return 0;
    if (facts.race.value == Race::refused) {
      const bool wished = request && request->intersects(now);
      try_allowed(*task, masks_.get(wished ? now & *request : now), &request);
      return -EINVAL;
    }
    mask = masks_.get(now);
  }
}

// The part of the CPUs that sched domains tie together; those of isolcpus= and of isolated
// partitions are in none, and share the default one.
CpuSet System::root_domain(CpuId cpu) const {
  const CpuSet isolated = this->isolated();
  if (isolated.contains(cpu)) return isolated & active_;
  CpuSet domain = active_ - isolated;
  for_each_below(root_, [&](const Cgroup& cgroup) {
    if (cgroup.is_root() || !cgroup.is_valid_partition()) return;
    if (cgroup.effective.contains(cpu)) {
      domain = cgroup.effective;
    } else {
      domain -= cgroup.effective;
    }
  });
  return domain;
}

// What tasks have promised themselves is not known: it counts as nothing where a CPU is left.
bool System::leaves_deadlines_room(const CpuSet& cpus, const CpuSet& left) const {
  if (cpus.empty() || !profile().deadline || !setup_.deadline_admission) return true;
  constexpr std::size_t all = 95;  // per cent of a CPU: sched_rt_runtime_us
  constexpr std::size_t server = 5;
  // dl_bw_of(): where nobody balances it is the default root domain's, to which nobody promised.
  const CpuId any = *cpus.first();
  if (!active_.contains(any) || isolated().contains(any)) return true;
  const CpuSet domain = root_domain(any);
  const std::size_t remain = (left & active_).count();
  if (profile().fair_servers && remain * all < domain.count() * server) return false;
  bool promised = false;
  tasks_.for_each([&](const Task& task) {
    promised |=
        task.deadline && task.state != TaskState::zombie && domain.contains(CpuId(task.cpu));
  });
  return !promised || remain != 0;
}

}  // namespace pinfold::model

// On which CPU a task is, and where it goes: what kernel/sched/core.c does of it.
#include <optional>
#include <string>

#include "model/system.h"

namespace pinfold::model {

bool System::is_running(const Task& task) const {
  return task.state == TaskState::runnable && queues_[task.cpu].front() == &task;
}

void System::enqueue(Task& task, unsigned cpu) {
  task.cpu = cpu;
  task.state = TaskState::runnable;
  queues_[cpu].push_back(task);
}

void System::dequeue(Task& task) { queues_[task.cpu].remove(task); }

// task_cpu_possible_mask(): all CPUs, but for 32-bit programs on an arm64 machine on which only
// some can run them.
const CpuSet& System::cpus_that_run(const Task& task) const {
  const auto& aarch32 = setup_.machine.limits().cpus.aarch32;
  if (aarch32 && task.process->program && task.process->program->is_32_bit) return *aarch32;
  return possible();
}

// is_cpu_allowed(). On a CPU that goes, only threads that belong to it stay until it is gone.
bool System::may_run_on(const Task& task, CpuId cpu) const {
  if (!task.allowed->contains(cpu)) return false;
  if (task.kernel_thread == KernelThread::bound) return online_.contains(cpu);
  return active_.contains(cpu) && cpus_that_run(task).contains(cpu);
}

// cpumask_any_and_distribute(): the next one behind that which was chosen last, so that a cpuset's
// tasks come to be on different CPUs.
unsigned System::any_of(const CpuSet& cpus, const CpuSet& from) {
  const CpuSet choice = cpus & from;
  const CpuSet behind = choice & CpuSet::range(CpuId(last_any_ + 1), CpuId(cpu_ids_));
  last_any_ = (behind.empty() ? choice : behind).first()->value();
  return last_any_;
}

void System::force_allowed(Task& task, Mask allowed) {
  task.allowed = std::move(allowed);
  task.request = {};
}

// select_fallback_rq(): there must be some CPU. Who gets others than he may have loses what he had
// asked for.
unsigned System::fallback_cpu(Task& task) {
  const auto first_of = [&](const CpuSet& cpus) {
    for (const CpuId cpu : cpus&* task.allowed) {
      if (may_run_on(task, cpu)) return std::optional(cpu.value());
    }
    return std::optional<unsigned>();
  };
  if (!cpus_of_node_.empty()) {
    if (const auto near = first_of(cpus_of_node_[node_of_[task.cpu]])) return *near;
  }
  if (const auto any = first_of(possible())) return *any;
  const unsigned before = task.cpu;
  const auto leave_mask = [&](const CpuSet& cpus) {
    force_allowed(task, masks_.get(cpus));
    return first_of(possible());
  };
  std::optional<unsigned> found;
  // cpuset_cpus_allowed_fallback(): in v1 cpuset.cpus is as empty by now as the mask is.
  const CpuSet& given = task.cgroup->governing().cpus;
  if (hierarchy() == Hierarchy::v2 && cpus_that_run(task).contains(given)) {
    found = leave_mask(given);
  }
  if (!found) found = leave_mask(cpus_that_run(task));
  if (on_log && !task.is_kernel_thread()) {
    on_log("process " + std::to_string(task.number) + " (" + task.name() +
           ") no longer affine to cpu" + std::to_string(before));
  }
  // Where no CPU is left that runs such programs the kernel stops (BUG()).
  return found.value_or(active_.first()->value());
}

void System::sleep(Task& task) {
  if (task.state != TaskState::runnable) return;
  dequeue(task);
  task.state = TaskState::sleeping;
}

// try_to_wake_up(): where it was before, if it may; else any CPU of its mask; else a fallback.
void System::wake(Task& task) {
  if (task.state != TaskState::sleeping && task.state != TaskState::unborn) return;
  unsigned cpu = task.cpu;
  if (!may_run_on(task, CpuId(cpu))) {
    const CpuSet& run = task.is_kernel_thread() ? online_ : active_;
    cpu = task.allowed->intersects(run) ? any_of(*task.allowed, run) : fallback_cpu(task);
    if (!may_run_on(task, CpuId(cpu))) cpu = fallback_cpu(task);
  }
  enqueue(task, cpu);
}

// balance_push(): everybody but the CPU's own threads leaves a CPU that goes.
void System::push_off(unsigned cpu) {
  std::vector<Task*> leaving;
  for (Task& task : queues_[cpu]) {
    if (task.kernel_thread != KernelThread::bound) leaving.push_back(&task);
  }
  for (Task* task : leaving) {
    const unsigned to = fallback_cpu(*task);
    dequeue(*task);
    enqueue(*task, to);
  }
}

}  // namespace pinfold::model

// A diagnosis while it is being made: what its parts share.
#pragma once

#include <optional>
#include <vector>

#include "explain/diagnosis.h"
#include "kernel/kernel.h"

namespace pinfold {

/// What holds for all tasks of the system, each fact read when it is first needed.
class Facts {
 public:
  static Result<Facts> read(Kernel& kernel);

  [[nodiscard]] Kernel& kernel() const { return *kernel_; }
  [[nodiscard]] const SystemCpus& cpus() const { return cpus_; }
  const std::vector<Partition>& partitions();
  /// CPUs of isolated partitions that there are. A kernel's list can have some that were (6.12).
  CpuSet isolated_by_partitions();

 private:
  explicit Facts(Kernel& kernel) : kernel_(&kernel) {}

  Kernel* kernel_;
  SystemCpus cpus_;
  std::optional<std::vector<Partition>> partitions_;
};

/// CPUs from which one constraint after the other takes some, from the root cause on: what one
/// has taken, no other takes.
class Case {
 public:
  Case(Facts& facts, Task task, const CpuSet& cpus)
      : facts_(facts), task_(std::move(task)), rest_(cpus) {}

  [[nodiscard]] Facts& facts() const { return facts_; }
  [[nodiscard]] Kernel& kernel() const { return facts_.kernel(); }
  [[nodiscard]] const Task& task() const { return task_; }

  /// What nobody has taken yet.
  [[nodiscard]] const CpuSet& rest() const { return rest_; }
  [[nodiscard]] std::vector<Constraint>& constraints() { return constraints_; }

  /// Adds a constraint that takes what there is left of its `cpus`, if that is anything.
  void take(Constraint constraint);
  /// Adds one that takes nothing.
  void remark(Constraint constraint);

 private:
  Facts& facts_;
  Task task_;
  CpuSet rest_;
  std::vector<Constraint> constraints_;
};

/// CPUs that are not there or are switched off.
void find_missing_cpus(Case& about);

/// What the task's cgroups do not leave of the rest, which is online: by the cgroup farthest from
/// the task that takes it, and by the partition that has it.
Result<void> find_cpusets(Case& about);

/// CPUs that cannot run the task's program.
void find_arch(Case& about, std::optional<bool> runs_32_bit);

/// Who refuses to have the task's mask set, whichever CPUs it shall have. That takes all the rest,
/// unless its mask is what it shall be already.
Result<void> find_refusals(Case& about, const CpuSet& allowed, const CpuSet& asked);

/// Whose mask leaves out what nobody has taken.
void find_request(Case& about, const Diagnosis& found, const struct Question& question);

/// What is special about CPUs that may be used.
void remark_on_cpus(Case& about, const CpuSet& cpus);

/// Where /proc and sched_getaffinity(2) tell different things.
void remark_on_disagreement(Case& about, const CpuSet& allowed, const CpuSet& effective);

}  // namespace pinfold

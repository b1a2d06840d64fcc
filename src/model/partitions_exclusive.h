// Partitions of cgroup v2 as Linux 6.12 has them: kernel/cgroup/cpuset.c.
#pragma once

#include "model/cpuset_v2.h"

namespace pinfold::model {

/// A partition has CPUs that are exclusive to it: those of cpuset.cpus.exclusive, or without any
/// those of cpuset.cpus, as far as its parent has them exclusively. Below a parent that is no
/// partition it is a remote one, and takes them from the root.
class ExclusiveRules final : public CpusetV2Rules {
 public:
  explicit ExclusiveRules(System& system);

  int write_cpus(Cgroup& cpuset, const CpuSet& cpus) override;
  int write_exclusive(Cgroup& cpuset, const CpuSet& cpus) override;
  int write_partition(Cgroup& cpuset, PartitionKind kind) override;

 protected:
  void follow_active_cpus(Cgroup& cpuset) override;
  bool update_one(Cgroup& cpuset, bool first, bool force) override;
  [[nodiscard]] bool conflicts(const Change& change, const Cgroup& beside) const override;

 private:
  /// A write in progress: what would stand in the files, and what would be exclusive by that.
  struct Trial {
    CpuSet cpus;
    CpuSet exclusive;
    CpuSet effective_exclusive;
    [[nodiscard]] const CpuSet& claims() const { return exclusive.empty() ? cpus : exclusive; }
  };

  /// What it claims for itself: user_xcpus().
  static const CpuSet& claims(const Cgroup& cpuset) {
    return cpuset.exclusive.empty() ? cpuset.cpus : cpuset.exclusive;
  }
  static CpuSet claims_in_parent(const Cgroup& cpuset) {
    return claims(cpuset) & cpuset.parent->effective_exclusive;
  }
  /// What it can have of that: compute_effective_exclusive_cpumask().
  [[nodiscard]] CpuSet grantable(const Cgroup& cpuset) const;
  /// Without what is exclusive to cpusets beside it.
  [[nodiscard]] CpuSet without_those_beside(const Cgroup& cpuset, CpuSet cpus) const;
  [[nodiscard]] bool leaves_tasks_without(const Cgroup& parent, const Cgroup& cpuset,
                                          const CpuSet& cpus) const;
  [[nodiscard]] bool breaks_housekeeping(const Cgroup& cpuset, const CpuSet& cpus) const;
  [[nodiscard]] const char* error_of(const Cgroup& cpuset, const Trial& trial,
                                     bool empty_is_wrong) const;
  [[nodiscard]] int check_trial(const Cgroup& cpuset, const Trial& trial) const;
  void take(Cgroup& from, const CpuSet& cpus);
  void give_back(Cgroup& to, const CpuSet& cpus);
  bool set_exclusive_flag(Cgroup& cpuset, bool exclusive);
  void reset(Cgroup& cpuset);

  const char* enable(Cgroup& cpuset, PartitionKind kind);
  const char* update_parent(Cgroup& cpuset, Command command, const CpuSet* new_cpus);
  [[nodiscard]] const char* error_of_enabling(const Cgroup& cpuset) const;
  [[nodiscard]] Exchange after_write(const Cgroup& cpuset, const CpuSet& cpus) const;
  [[nodiscard]] Exchange after_other_changes(const Cgroup& cpuset) const;

  CpuSet effective_of_partition(Cgroup& cpuset);
  void update_beside(Cgroup& parent, const Cgroup* but);

  const char* enable_remote(Cgroup& cpuset);
  void disable_remote(Cgroup& cpuset);
  /// `exclusive`: a new cpuset.cpus.exclusive, to stand there before others follow.
  void update_remote(Cgroup& cpuset, const CpuSet& cpus, const CpuSet* exclusive = nullptr);

  /// What the cpuset that is looked at becomes: tmpmasks::new_cpus. There is one for a whole
  /// change, so that a partition which tells its parent may be left with what the last one beside
  /// it got.
  CpuSet now_;
};

}  // namespace pinfold::model

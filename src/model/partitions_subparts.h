// Partitions of cgroup v2 as Linux 6.1 has them: kernel/cgroup/cpuset.c.
#pragma once

#include "model/cpuset_v2.h"

namespace pinfold::model {

/// A partition takes what stands in its cpuset.cpus out of a parent that is one itself.
class SubpartsRules final : public CpusetV2Rules {
 public:
  explicit SubpartsRules(System& system) : CpusetV2Rules(system) {}

  int write_cpus(Cgroup& cpuset, const CpuSet& cpus) override;
  int write_partition(Cgroup& cpuset, PartitionKind kind) override;

 protected:
  void follow_active_cpus(Cgroup& cpuset) override;
  bool update_one(Cgroup& cpuset, bool first, bool force) override;

 private:
  static Exchange after_write(const Cgroup& cpuset, const CpuSet& cpus, const CpuSet& active);
  static Exchange after_other_changes(const Cgroup& cpuset);

  /// The parent's side of a change; null, or why there can be no partition.
  const char* update_parent(Cgroup& cpuset, Command command, const CpuSet* new_cpus);
  [[nodiscard]] CpuSet effective_in(const Cgroup& cpuset, const CpuSet& cpus) const;
  void update_beside(const Cgroup& cpuset);
  void set_given_away(Cgroup& cpuset, CpuSet cpus);
};

}  // namespace pinfold::model

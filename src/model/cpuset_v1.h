// Cpusets of cgroup v1: kernel/cgroup/cpuset-v1.c.
#pragma once

#include "model/cpuset_rules.h"

namespace pinfold::model {

/// What was given is what tasks have: a cpuset lies within its parent, and a CPU that goes offline
/// is gone from cpuset.cpus for good.
class CpusetV1Rules final : public CpusetRules {
 public:
  explicit CpusetV1Rules(System& system) : CpusetRules(system) {}

  void begin(Cgroup&) override {}
  void end(Cgroup&) override {}
  int write_cpus(Cgroup& cpuset, const CpuSet& cpus) override;

 protected:
  void follow_active_cpus(Cgroup& cpuset) override;
  int check(const Cgroup& cpuset, const Change& change) const override;
};

}  // namespace pinfold::model

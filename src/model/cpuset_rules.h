// What follows for tasks when a cpuset changes. The rules differ between v1, v2 and generations of
// the kernel; a system has one set of them.
#pragma once

#include <memory>

#include "model/cgroup.h"
#include "model/system.h"

namespace pinfold::model {

/// Results are 0 or a negative errno; nothing has changed where a call fails.
class CpusetRules {
 public:
  /// Those of the system's hierarchy and profile.
  static std::unique_ptr<CpusetRules> of(System& system);
  virtual ~CpusetRules() = default;

  /// A cgroup was made, or its parent has begun to give cpusets.
  virtual void begin(Cgroup& cpuset) = 0;
  /// It is about to be removed, or its parent gives cpusets no longer.
  virtual void end(Cgroup& cpuset) = 0;
  virtual int write_cpus(Cgroup& cpuset, const CpuSet& cpus) = 0;
  virtual int write_mems(Cgroup& cpuset, const NodeSet& mems);
  /// cpuset.cpu_exclusive of v1.
  virtual int write_cpu_exclusive(Cgroup& cpuset, bool exclusive);
  /// cpuset.cpus.partition of v2; a write that cannot be fulfilled makes an invalid partition.
  virtual int write_partition(Cgroup& cpuset, PartitionKind kind);
  /// cpuset.cpus.exclusive of v2.
  virtual int write_exclusive(Cgroup& cpuset, const CpuSet& cpus);
  /// A CPU came or went.
  void follow_active_cpus();

 protected:
  explicit CpusetRules(System& system) : system_(system) {}

  /// What a cpuset becomes at that, its parent having become it before.
  virtual void follow_active_cpus(Cgroup& cpuset) = 0;

  /// What would stand in a cpuset's files.
  struct Change {
    const CpuSet* cpus;
    const NodeSet* mems;
    const CpuSet* exclusive;
    bool cpu_exclusive;
  };
  static Change unchanged(const Cgroup& cpuset) {
    return {.cpus = &cpuset.cpus,
            .mems = &cpuset.mems,
            .exclusive = &cpuset.exclusive,
            .cpu_exclusive = cpuset.cpu_exclusive};
  }
  [[nodiscard]] int check_cpus(const Cgroup& cpuset, const CpuSet& cpus) const {
    Change change = unchanged(cpuset);
    change.cpus = &cpus;
    return check(cpuset, change);
  }
  /// validate_change(): -ENOSPC where tasks would be left without, -EINVAL where it conflicts with
  /// one beside it.
  virtual int check(const Cgroup& cpuset, const Change& change) const;
  [[nodiscard]] virtual bool conflicts(const Change& change, const Cgroup& beside) const;

  /// The cpusets right below, in the order in which they were made.
  template <class Function>
  static void for_each_child(const Cgroup& cpuset, Function&& function) {
    for (const auto& child : cpuset.children) {
      if (child->has_cpuset) function(*child);
    }
  }

  /// Every task whose cpuset it is gets what that leaves.
  void update_tasks(Cgroup& cpuset);
  virtual void update_mems(Cgroup& cpuset);
  /// The system's root cpuset, as far as CPUs go.
  [[nodiscard]] Cgroup& top() const { return system_.root_; }
  [[nodiscard]] const CpuSet& active() const { return system_.active_; }
  [[nodiscard]] CpuSet& in_partitions() const { return system_.in_partitions_; }
  [[nodiscard]] bool in_v2() const { return system_.hierarchy() == Hierarchy::v2; }
  [[nodiscard]] System& system() const { return system_; }

 private:
  System& system_;
};

}  // namespace pinfold::model

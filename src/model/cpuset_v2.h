// Cpusets of cgroup v2, but for partitions: Documentation/admin-guide/cgroup-v2.rst, Cpuset.
#pragma once

#include "model/cpuset_rules.h"

namespace pinfold::model {

/// What cpuset.cpus.partition says of an invalid one.
struct PartitionError {
  static constexpr const char* parent_invalid = "Parent is an invalid partition root";
  static constexpr const char* parent_member = "Parent is not a partition root";
  static constexpr const char* not_exclusive = "Cpu list in cpuset.cpus not exclusive";
  static constexpr const char* no_cpus = "Parent unable to distribute cpu downstream";
  static constexpr const char* hotplug = "No cpu available due to hotplug";
};

/// cpuset.cpus is what was asked for; what tasks have is the part of it that their parent has, and
/// where that is nothing, what their parent has.
class CpusetV2Rules : public CpusetRules {
 public:
  void begin(Cgroup& cpuset) override;
  void end(Cgroup& cpuset) override;

 protected:
  using CpusetRules::CpusetRules;

  /// Whether the partition has tasks of its own, those of partitions below it left out, and those
  /// of `but` too.
  static bool has_tasks(const Cgroup& partition, const Cgroup* but);
  static void make_invalid(Cgroup& cpuset, const char* why);

  /// What a parent is told of a partition in it.
  enum class Command {
    enable,
    disable,
    update,
    invalidate,
  };
  /// What moves between the two then.
  struct Exchange {
    CpuSet taken;     ///< from the parent
    CpuSet returned;  ///< to it
    const char* error = nullptr;
  };

  /// The cpuset and those below it follow a change; `force`: also where nothing seems to change.
  void update_below(Cgroup& cpuset, bool force);
  /// One of them: whether those below it change too.
  virtual bool update_one(Cgroup& cpuset, bool first, bool force) = 0;
};

}  // namespace pinfold::model

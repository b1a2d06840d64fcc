// What stands between a task and the CPUs of the machine.
#pragma once

#include <optional>
#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold {

/// /sys/devices/system/cpu: which CPUs there can be, are, are switched on, are kept from the
/// scheduler's balancing (isolcpus= and isolated cpuset partitions), and run without its tick.
struct SystemCpus {
  CpuSet possible;
  CpuSet present;
  CpuSet online;
  CpuSet isolated;
  CpuSet nohz_full;
  /// Which run 32-bit programs, where a kernel for arm64 says that not all do
  /// (Documentation/arch/arm64/asymmetric-32bit.rst).
  std::optional<CpuSet> aarch32 = {};
  /// The isolated CPUs that are so by isolcpus= (since Linux 4.2).
  CpuSet isolcpus = {};
};

/// What a cpuset cgroup leaves to a task.
struct CpusetLimit {
  std::string cgroup;  ///< the cgroup that says so, as in /proc/PID/cgroup: "/docker/9f3c"
  std::string file;    ///< where it says so
  CpuSet cpus;
};

/// One of the cgroups that a task is in, with what stands in it.
struct CpusetLevel {
  CpusetLimit limit;       ///< what it leaves to its tasks
  std::string given_file;  ///< where CPUs are given to it; empty at the root of v2, which has all
  CpuSet given;            ///< what stands there: nothing in v2 means its parent's
};

/// CPUs that a cgroup of v2 has for itself, and whoever is not inside has not
/// (Documentation/admin-guide/cgroup-v2.rst, cpuset.cpus.partition).
struct Partition {
  std::string cgroup;
  std::string file;  ///< where it is made one
  CpuSet cpus;       ///< those of partitions inside it too
  bool isolated = false;
};

struct Limits {
  SystemCpus cpus;
  std::optional<CpusetLimit> cpuset;

  /// Online, and left by the cpuset.
  [[nodiscard]] CpuSet usable() const;

  /// Whether `effective` is all that the task could have.
  [[nodiscard]] bool is_everything(const CpuSet& effective) const;

  /// What a task asks for that has no wish of its own: all possible CPUs but isolated ones,
  /// which it would get only because somebody once put it there.
  [[nodiscard]] CpuSet no_wish() const { return cpus.possible - cpus.isolated; }
};

}  // namespace pinfold

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
};

/// What a cpuset cgroup leaves to a task.
struct CpusetLimit {
  std::string cgroup;  ///< the cgroup that says so, as in /proc/PID/cgroup: "/docker/9f3c"
  std::string file;    ///< where it says so
  CpuSet cpus;
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

// Which CPUs a system has, and what a task's cpuset leaves of them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <pinfold/result.h>

#include "machine/limits.h"
#include "machine/memory_limits.h"
#include "machine/mounts.h"
#include "machine/root.h"

namespace pinfold {

/// /sys/devices/system/cpu, and the isolated partitions of cgroup v2. What an older kernel does
/// not tell is made up of what it does; kind `unsupported` where it tells of no CPU.
Result<SystemCpus> read_system_cpus(const Root& root, Mounts& mounts);

/// What the cpuset leaves to a task, by its /proc/PID/cgroup (or the text of /proc/PID/cpuset).
/// Named is the cgroup that narrows: the one farthest from the task that already allows no more.
/// Nothing where no cpuset can be seen.
std::optional<CpusetLimit> read_cpuset(const Root& root, Mounts& mounts,
                                       std::string_view proc_cgroup);

/// The same of the nodes whose memory it leaves.
std::optional<CpusetNodes> read_cpuset_nodes(const Root& root, Mounts& mounts,
                                             std::string_view proc_cgroup);

/// Each of the cgroups that a task is in and that has a cpuset: its own first, then those above
/// it up to the root of what can be seen from here.
std::vector<CpusetLevel> read_cpusets(const Root& root, Mounts& mounts,
                                      std::string_view proc_cgroup);

}  // namespace pinfold

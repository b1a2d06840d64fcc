// Where a modelled system tells of its cgroups.
#pragma once

#include <string>
#include <string_view>

#include "model/call.h"

namespace pinfold::model {

/// The path of one of the cgroup's files: "/sys/fs/cgroup/a/cpuset.cpus".
std::string cpuset_file(const System& system, const Cgroup& cgroup, std::string_view file);

/// The cgroup that /proc/PID/cgroup names.
const Cgroup& shown_cgroup(const System& system, const Task& task);

/// From there upwards, the first that is there and has a cpuset. Null: the system has none.
const Cgroup* nearest_cpuset(const System& system, const Task& task);

}  // namespace pinfold::model

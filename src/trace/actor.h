// Who a task is that did something.
#pragma once

#include <optional>
#include <string>

#include "events/event.h"
#include "kernel/kernel.h"

namespace pinfold::trace {

/// What the system tells of the task at this moment, without its numbers in its own pid namespace.
/// Nothing where there is no such task: it has ended, or `tid` is 0.
std::optional<Actor> read_actor(Kernel& kernel, Tid tid);

/// The task's cgroup in the hierarchy that holds the cpusets, as /proc/PID/cgroup of the running
/// system has it.
std::optional<std::string> read_cpuset_cgroup(Tid tid);

}  // namespace pinfold::trace

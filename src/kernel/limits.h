// A task's limits, asked of the system, and how people know a task.
#pragma once

#include <string>

#include "kernel/kernel.h"
#include "machine/limits.h"

namespace pinfold {

Result<Limits> read_limits(Kernel& kernel, Tid tid);

/// What to ask for so that a task which had `effective` is as it was. Its request cannot be
/// read everywhere; where it had all that its cpuset allows, it most likely had no wish, and
/// asking for just those CPUs would keep it there when the cpuset grows.
CpuSet mask_to_put_back(const CpuSet& effective, const Limits& limits);

/// How people know a task: "nginx (1234)"; its number alone when it cannot be read.
std::string task_label(Kernel& kernel, Tid tid);
std::string task_label(const Task& task);

}  // namespace pinfold

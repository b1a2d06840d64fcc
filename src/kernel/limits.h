// A task's limits, asked of the system, and how people know a task.
#pragma once

#include <optional>
#include <string>

#include "kernel/kernel.h"
#include "machine/limits.h"

namespace pinfold {

Result<Limits> read_limits(Kernel& kernel, Tid tid);

/// What to ask for so that a task which had `effective` is as it was: its request, where that is
/// known (TaskMasks has it) and can be asked for. Else, where it had all that its cpuset allows, it
/// most likely had no wish, and asking for just those CPUs would keep it there when the cpuset
/// grows.
CpuSet mask_to_put_back(const CpuSet& effective, const Limits& limits,
                        const std::optional<CpuSet>& request = std::nullopt);

/// How people know a task: "nginx (1234)"; its number alone when it cannot be read.
std::string task_label(Kernel& kernel, Tid tid);
std::string task_label(const Task& task);

}  // namespace pinfold

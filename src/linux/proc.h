// What stands in files of /proc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "kernel/kernel.h"

namespace pinfold {

/// "/proc/1234/stat"; "/proc/thread-self/stat" for Tid(0).
std::string proc_path(Tid tid, const char* file);

/// The file's content. `no_such_task` where the task's folder is missing; `unsupported` where
/// /proc is not mounted or is that of another pid namespace: its numbers would be other tasks'.
Result<std::string> read_proc(Tid tid, const char* file);

/// The value of "Name:\tvalue" in a status file, without the space around it; nothing if the
/// line is missing.
std::optional<std::string_view> status_field(std::string_view status, std::string_view name);

/// proc_pid_stat(5). `pid` is left for the caller: the file does not say it. Kind `syntax`
/// where the text is not such a file.
Result<Task> parse_stat(std::string_view stat);

/// The paths in /proc/PID/cgroup, one a hierarchy (cgroups(7)).
std::vector<std::string> cgroup_paths(std::string_view proc_cgroup);

/// Kind `unsupported` unless /proc is mounted and numbers tasks as the system calls do.
Result<void> check_proc();

}  // namespace pinfold

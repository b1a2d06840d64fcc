// What /proc and the kernel tell of one task.
#pragma once

#include <sys/types.h>

#include <optional>

#include <pinfold/cpu_set.h>

namespace pinfold::test {

/// What sched_getaffinity(2) answers, with a kernel's mask of `size` bytes.
std::optional<CpuSet> effective_mask(pid_t tid, std::size_t size);
/// Cpus_allowed of /proc/TID/status.
std::optional<CpuSet> allowed_mask(pid_t tid);
/// 'S', 'R', 'Z', …; '\0' where there is none.
char state_of(pid_t tid);
/// /proc/TID/stat, "processor".
std::optional<unsigned> cpu_of(pid_t tid);
/// Whether the process has one thread only.
bool is_alone(pid_t pid);
/// Whether it has left the CPU on which it went to sleep: /proc/TID/syscall tells nothing before.
bool is_off_its_cpu(pid_t tid);

}  // namespace pinfold::test

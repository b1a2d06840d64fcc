// Who is pinned: tasks that may run on less than their cpuset leaves them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "kernel/kernel.h"

namespace pinfold::tool {

/// Threads of one process that have the same mask.
struct Pinned {
  Pid pid;
  std::string name;  ///< the process's, as it stands: not safe to print
  std::size_t threads = 0;
  CpuSet cpus;  ///< where they can run now
};

/// By their CPUs, the lowest first. Kernel threads are left out (the kernel itself keeps most of
/// them on their CPUs), and so is the calling process.
Result<std::vector<Pinned>> pinned_tasks(Kernel& kernel);

}  // namespace pinfold::tool

// Partitions of cgroup v2.
#pragma once

#include <vector>

#include "machine/limits.h"
#include "machine/mounts.h"
#include "machine/root.h"

namespace pinfold {

/// The valid ones that can be seen from here, an outer one before those inside it.
std::vector<Partition> read_partitions(const Root& root, Mounts& mounts);

/// The CPUs of isolated ones. Cheaper than to look for them, where the kernel has a list.
CpuSet read_isolated_partitions(const Root& root, Mounts& mounts);

}  // namespace pinfold

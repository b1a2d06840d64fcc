// What the kernel of a machine that is not here would show of it in /sys and /proc.
#pragma once

#include <string>

#include <pinfold/machine.h>

#include "sim/files/file_tree.h"

namespace pinfold::sim {

/// Which kernel the files are of, where kernels differ: the programs that read them are of the
/// architecture that this was built for.
enum class Architecture {
  x86,
  arm64,
  other,
};

constexpr Architecture own_architecture() {
#if defined(__x86_64__) || defined(__i386__)
  return Architecture::x86;
#elif defined(__aarch64__)
  return Architecture::arm64;
#else
  return Architecture::other;
#endif
}

/// The files below "/" that tell of the machine's CPUs and memory, as
/// Documentation/ABI/{stable,testing}/sysfs-devices-system-cpu and stable/sysfs-devices-node have
/// them: sys/devices/system/{cpu,node}, sys/bus/{cpu,node}/devices, of hybrid x86
/// sys/devices/cpu_{core,atom,lowpower}, and proc/cpuinfo. Reading them gives the machine again,
/// but what a kernel always has is there: CPUs without a package stand together in one, nodes have
/// distances, who has a first cache of data has one of instructions, too, and where no node's
/// memory is known, each has 1 GiB. Cpusets are no part of it. Nested groups that have no level of
/// ours are drawers and books; of more than two kinds, the first two. Sizes are in whole KiB.
FileTree machine_files(const Machine& machine, Architecture architecture = own_architecture());

/// /proc/cpuinfo: the CPUs that are online.
std::string cpuinfo_of(const Machine& machine, Architecture architecture = own_architecture());

}  // namespace pinfold::sim

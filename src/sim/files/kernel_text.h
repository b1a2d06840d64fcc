// How the kernel writes sets of CPUs into files.
#pragma once

#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold::sim {

/// A bitmap as printf's %*pb of the kernel has it: words of 32 bits, the highest first, between
/// commas, `bits` bits in all ("3", "000000ff,00000000"), and a line feed.
std::string kernel_mask(const CpuSet& set, unsigned bits);

/// A list as %*pbl has it, "0-3,8", and a line feed.
std::string kernel_list(const CpuSet& set);

}  // namespace pinfold::sim

// How much a machine has of what, in one line.
#pragma once

#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "topo/tree.h"

namespace pinfold::tool {

/// "2 packages, 4 NUMA nodes, 16 L3, 128 cores, 256 CPUs (0-255)", in pieces: between two of them
/// a line may be broken.
std::vector<std::string> summary_words(const Machine& machine, const MachineTree& tree);

}  // namespace pinfold::tool

// What stands below the drawing of a machine: kinds of CPUs, limits, distances.
#pragma once

#include <vector>

#include <pinfold/machine.h>

#include "topo/cpu_text.h"
#include "topo/text.h"
#include "topo/tree.h"

namespace pinfold::tool {

/// "P", "E", "kind:1"
std::string kind_name(const Machine& machine, std::size_t kind);

/// Kinds, the L2s that are not in the tree, and the limits with their marks. Empty where there is
/// nothing to say.
std::vector<Text> legend(const Machine& machine, const MachineTree& tree, const CpuText& cpus,
                         const Look& look);

/// A matrix, or, of more than eight nodes, what is near and what is far. Nothing where nodes are
/// only the same (10) or another (20).
std::vector<Text> distances(const Machine& machine, const Look& look);

}  // namespace pinfold::tool

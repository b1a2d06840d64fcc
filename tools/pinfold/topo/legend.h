// What stands below the drawing of a machine: kinds of CPUs, limits, distances.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "topo/cpu_text.h"
#include "topo/text.h"
#include "topo/tree.h"

namespace pinfold::tool {

/// "P", "E", "kind:1"
std::string kind_name(const Machine& machine, std::size_t kind);

/// "* isolated  4-7  by cgroup /job"
struct LegendEntry {
  std::string sign = {};  ///< empty: CPUs that are offline have no mark
  std::string name = {};
  std::string list = {};  ///< of CPUs
  std::string note = {};
  std::string cgroup = {};               ///< that imposes it, not safe to print
  std::optional<std::size_t> kind = {};  ///< where it is about a kind of CPUs
};

/// Kinds, the fastest first; limits.
std::vector<LegendEntry> legend_entries(const Machine& machine, const CpuText& cpus);

/// "core:N has its own l3:N (4 MiB), l2:N (256 KiB)", where that holds of any level.
Text own_of_cores(const Machine& machine, const MachineTree& tree);

/// Kinds, the L2s that are not in the tree, and the limits with their marks. Empty where there is
/// nothing to say.
std::vector<Text> legend(const Machine& machine, const MachineTree& tree, const CpuText& cpus,
                         const Look& look);

enum class DistanceForm {
  nothing,
  matrix,
  words
};
/// How distances of nodes are told. Nothing where nodes are only the same (10) or another (20).
DistanceForm distance_form(const Machine& machine);

/// "10 to itself", "12 in the package", "32 to others"
std::vector<std::string> distance_words(const Machine& machine);

/// A matrix, or, of more than eight nodes, what is near and what is far. Nothing where nodes are
/// only the same (10) or another (20).
std::vector<Text> distances(const Machine& machine, const Look& look);

}  // namespace pinfold::tool

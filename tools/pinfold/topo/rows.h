// Which rows a drawing has: what is alike is shown once, where not everything finds room.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "topo/tree.h"

namespace pinfold::tool {

struct Row {
  /// What becomes of all that lies within.
  enum class Within {
    below,   ///< has rows of its own, those that follow; or there is nothing
    cores,   ///< cores, named in this row
    folded,  ///< built like something that is shown elsewhere; named only
  };

  std::span<const Branch> branches;  ///< neighbours of one shape
  Within within = Within::below;
  /// For each branch around it, and then for itself, whether more rows of that depth follow.
  std::vector<bool> more;
  /// Whether the kind of CPUs is to be named: nothing around has that kind only.
  bool names_kind = false;
};

/// Everything, if that is at most `most` rows. Else the smallest objects are folded first, until
/// it is, or until nothing more can be.
std::vector<Row> plan_rows(const MachineTree& tree, std::size_t most);

}  // namespace pinfold::tool

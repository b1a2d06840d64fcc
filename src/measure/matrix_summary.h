// A matrix in few numbers.
#pragma once

#include <optional>
#include <vector>

#include <pinfold/machine.h>

#include "measure/matrix.h"
#include "measure/sharing.h"

namespace pinfold::measure {

/// The pairs that share the same.
struct SharingLatency {
  Sharing sharing = Sharing::cpu;
  Spread one_way_ns = {};   ///< of the pairs' medians
  std::size_t unknown = 0;  ///< pairs without a number, beside `one_way_ns.count` with one
};

/// The nearest first; only what there is.
std::vector<SharingLatency> by_sharing(const Machine& machine, const Matrix& matrix);

/// What lies between the objects of one level.
struct BlockLatencies {
  Level level = Level::package;
  std::vector<std::size_t> objects = {};  ///< those with CPUs in the matrix: their logical numbers
  /// A row for each of them: the median of all pairs of the one and the other; nothing where no
  /// pair has a number.
  std::vector<std::vector<std::optional<double>>> median_ns = {};
};

/// Of the smallest level of caches, nodes and packages of which there are at least two in the
/// matrix and at most `most`; nothing where there is none.
std::optional<BlockLatencies> by_block(const Machine& machine, const Matrix& matrix,
                                       std::size_t most);

}  // namespace pinfold::measure

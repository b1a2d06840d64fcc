// `indexes=` of a description: which number each object of a level has.
#pragma once

#include <span>
#include <vector>

#include "machine/description_text.h"

namespace pinfold {

struct Numbered {
  std::uint32_t total = 0;    ///< how many objects there are
  std::uint32_t largest = 0;  ///< the largest number that one may have
  /// The levels that an interleaving may name.
  std::span<const DescribedLevel> levels = {};
};

/// The number of each object, from what stands at `range` of `text`: all numbers, `0,2,1,3`;
/// loops as hwloc's documentation explains them, `2*2:1*2`, the first the fastest; or the levels
/// to go through, `numa:core`. Where the product of the loops is smaller than the total, the
/// objects between two steps come last. Every object has a number of its own, else that is an
/// error.
Result<std::vector<std::uint32_t>> read_indexes(std::string_view text, TextRange range,
                                                const Numbered& numbered);

}  // namespace pinfold

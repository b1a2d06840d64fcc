// What the rows of a heatmap stand in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "measure/matrix.h"

namespace pinfold::tool {

/// Rows beside each other that stand in one object, or in none.
struct HeatRun {
  std::size_t first = 0;
  std::size_t last = 0;                    ///< that one with it
  std::optional<std::size_t> object = {};  ///< its logical number

  [[nodiscard]] bool is_one() const { return first == last; }
};

struct HeatLevel {
  Level level = Level::package;
  std::string names = {};  ///< "package, node": all levels that have these runs
  std::vector<HeatRun> runs = {};

  /// Whether something new begins with that row.
  [[nodiscard]] bool begins(std::size_t row) const;
};

/// Packages, nodes, L3, L2 and cores, as far as they tell the CPUs of a matrix apart; the largest
/// first.
std::vector<HeatLevel> heat_levels(const Machine& machine, const measure::Matrix& matrix);

}  // namespace pinfold::tool

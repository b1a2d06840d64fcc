// Where the rows of a heatmap stand, in pixels from its corner. Columns stand as rows do.
#pragma once

#include <vector>

#include "bench/heat_groups.h"

namespace pinfold::tool {

class HeatGrid {
 public:
  HeatGrid(std::size_t rows, const std::vector<HeatLevel>& levels);

  /// The side of a cell.
  [[nodiscard]] int cell() const { return cell_; }
  [[nodiscard]] int begin(std::size_t row) const { return begins_[row]; }
  [[nodiscard]] int end(std::size_t row) const { return begins_[row] + cell_; }
  /// From the first row to the last.
  [[nodiscard]] int size() const { return begins_.empty() ? 0 : begins_.back() + cell_; }
  /// How far outside of its rows the outline of a level's runs stands.
  [[nodiscard]] int outset(std::size_t level) const { return outsets_[level]; }
  /// Whether a number has room in a cell.
  [[nodiscard]] bool has_numbers() const { return cell_ >= 24; }

 private:
  int cell_;
  std::vector<int> begins_;
  std::vector<int> outsets_;
};

}  // namespace pinfold::tool

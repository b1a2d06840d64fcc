// What stands around a heatmap: the CPUs' numbers, and what they stand in.
#pragma once

#include <vector>

#include "bench/heat_grid.h"
#include "bench/heat_groups.h"
#include "topo/svg.h"

namespace pinfold::tool {

class HeatAxes {
 public:
  HeatAxes(const measure::Matrix& matrix, const std::vector<HeatLevel>& levels,
           const HeatGrid& grid);

  /// What the axes take, on the left and at the top: the corner of the grid is behind it.
  [[nodiscard]] int left() const { return left_; }
  [[nodiscard]] int top() const { return top_; }
  /// Behind the grid, for the levels' names.
  [[nodiscard]] int right() const { return right_; }

  /// `x`, `y`: the grid's corner.
  void draw(Svg& svg, int x, int y) const;

 private:
  void draw_numbers(Svg& svg, int x, int y) const;
  /// `place` counts from inside.
  void draw_level(Svg& svg, int x, int y, const HeatLevel& level, int place) const;
  /// Which rows have their number: all; where there is no room for that, the first of each core,
  /// cache, node, package, of which there is.
  [[nodiscard]] std::vector<std::size_t> numbered_rows(bool across) const;
  [[nodiscard]] bool have_room(const std::vector<std::size_t>& rows, bool across) const;
  /// Of the level's runs on an axis; the long form where each has room for it.
  [[nodiscard]] std::string run_name(const HeatLevel& level, const HeatRun& run,
                                     bool is_long) const;
  [[nodiscard]] bool fits(const HeatLevel& level, bool is_long) const;

  const measure::Matrix& matrix_;
  std::vector<const HeatLevel*> named_;  // those that have room for their names; the largest first
  const std::vector<HeatLevel>& levels_;
  const HeatGrid& grid_;
  int number_width_ = 0;
  int left_ = 0;
  int top_ = 0;
  int right_ = 0;
};

}  // namespace pinfold::tool

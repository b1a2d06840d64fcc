#include "bench/heat_grid.h"

#include <array>

namespace pinfold::tool {
namespace {

struct Size {
  std::size_t rows;  // up to so many
  int cell;
};

constexpr std::array sizes = {Size{4, 64},  Size{8, 48},  Size{16, 38}, Size{32, 24},
                              Size{64, 12}, Size{128, 7}, Size{256, 4}, Size{512, 2}};

int cell_for(std::size_t rows) {
  for (const Size& size : sizes) {
    if (rows <= size.rows) return size.cell;
  }
  return 1;
}

// What is added between the runs of a level.
int step_for(int cell, Level level) {
  if (level == Level::core || level == Level::l2) return cell >= 24 ? 3 : cell >= 4 ? 1 : 0;
  return cell >= 24 ? 4 : 2;
}

}  // namespace

HeatGrid::HeatGrid(std::size_t rows, const std::vector<HeatLevel>& levels) : cell_(cell_for(rows)) {
  const int between = cell_ >= 12 ? 1 : 0;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    int gap = between;
    for (std::size_t inner = level; inner < levels.size(); ++inner)
      gap += step_for(cell_, levels[inner].level);
    outsets_.push_back((gap - 1) / 2);
  }
  int at = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (row > 0) at += cell_ + between;
    for (const HeatLevel& level : levels) {
      if (row > 0 && level.begins(row)) at += step_for(cell_, level.level);
    }
    begins_.push_back(at);
  }
}

}  // namespace pinfold::tool

// How much room boxes need.
#pragma once

#include <array>
#include <map>
#include <span>

#include "topo/boxes.h"

namespace pinfold::tool {

/// How many boxes stand beside each other, by the level of the box around them (page_level: none
/// is).
using Columns = std::array<int, level_count + 1>;
inline constexpr std::size_t page_level = level_count;
std::size_t level_around(const Box& box);

/// The size of a box, and how bad it looks.
struct Measured {
  Svg::Size size{0, 0};
  double waste = 0;  ///< square pixels in which nothing stands, and some for boxes like stripes
};

class BoxMeasure {
 public:
  /// What is given must live as long.
  BoxMeasure(const Machine& machine, const Scale& scale);

  /// From now on.
  void use(const Columns& columns);

  Measured measured(const Box& box);
  /// Each of a run takes as much room as the largest.
  Svg::Size largest(std::span<const Box> run);

  [[nodiscard]] int columns(const Box& box) const { return columns_.at(level_around(box)); }
  /// For so many boxes in `box`.
  [[nodiscard]] int columns(const Box& box, std::size_t boxes) const;
  /// CPUs of a core beside each other: siblings in pairs.
  [[nodiscard]] static int cell_columns(const Box& core);
  [[nodiscard]] int padding(const Box& box) const;
  /// Between boxes like this one.
  [[nodiscard]] int gap(const Box& box) const;
  [[nodiscard]] int title_gap() const;

 private:
  [[nodiscard]] int title_width(const Machine& machine, ObjectName object) const;
  [[nodiscard]] int titles_height(const Box& box) const;
  [[nodiscard]] Svg::Size cells_size(const Box& core) const;
  Measured boxes_size(const Box& box);

  const Scale& scale_;
  std::array<int, level_count> title_widths_{};  // the widest of each level
  Columns columns_{};
  std::map<unsigned, Measured> measured_;  // by shape
};

}  // namespace pinfold::tool

// What stands below a heatmap: the scale, what the kinds of pairs come to, and what speaks against
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/heat_colours.h"
#include "bench/matrix_report.h"
#include "topo/svg.h"

namespace pinfold::tool {

/// `text` in lines that are not wider, broken at spaces.
std::vector<std::string> wrapped(std::string_view text, const TextStyle& style, int width);

class HeatLegend {
 public:
  HeatLegend(const MatrixReport& report, const HeatColours& colours, int width);

  [[nodiscard]] int height() const;
  void draw(Svg& svg, int left, int top) const;

 private:
  struct Line {
    std::string fill;  ///< of its swatch
    std::string name;
    std::string ns;
    std::string detail;
  };

  void draw_scale(Svg& svg, int left, int top) const;
  [[nodiscard]] int table_height() const;

  const HeatColours& colours_;
  std::vector<Line> lines_;
  std::vector<std::string> notes_;
  int scale_width_;
  bool is_beside_;  // the table beside the scale
};

}  // namespace pinfold::tool

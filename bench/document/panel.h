// One panel of a chart.
#pragma once

#include "document/chart.h"
#include "document/log_axis.h"
#include "topo/svg.h"

namespace pinfold::bench {

class PanelPainter {
 public:
  static constexpr int width = 460;
  static constexpr int height = 272;

  explicit PanelPainter(const Panel& panel);

  /// `left`, `top`: the panel's corner.
  void draw(tool::Svg& svg, int left, int top) const;

 private:
  void draw_across(tool::Svg& svg) const;
  void draw_up(tool::Svg& svg) const;
  void draw_curves(tool::Svg& svg) const;
  /// The base lines of the curves' labels: each at its curve's end, as far as they do not overlap.
  [[nodiscard]] std::vector<double> label_places() const;
  [[nodiscard]] double x(double value) const;
  [[nodiscard]] double y(double value) const;

  const Panel& panel_;
  LogAxis across_;
  LogAxis up_;
  std::vector<std::string> labels_;
  int right_;  // of what is plotted
};

}  // namespace pinfold::bench

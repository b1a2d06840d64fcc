#include "document/panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "document/numbers.h"
#include "topo/colours.h"

namespace pinfold::bench {
namespace {

using tool::Anchor;
using tool::drawn_width;
using tool::Svg;
using tool::TextStyle;

constexpr int left_of_plot = 64;
constexpr int top_of_plot = 34;
constexpr int bottom_of_plot = PanelPainter::height - 46;
constexpr int gap = 10;
constexpr double label_height = 16;

constexpr TextStyle title_style{.size = 14, .bold = true, .fill = tool::ink};
constexpr TextStyle tick_style{.size = 12, .fill = tool::faint_ink};
constexpr TextStyle label_style{.size = 12, .bold = true};
constexpr std::string_view grid_stroke = "#e9edf1";

constexpr std::array<std::string_view, 3> own_colours = {"#0b5cad", "#2b8a57", "#8a63b8"};
constexpr std::string_view peer_colour = "#c4540a";

std::vector<std::string_view> colours_of(const Panel& panel) {
  std::vector<std::string_view> colours;
  std::size_t own = 0;
  for (const Curve& curve : panel.curves)
    colours.push_back(curve.is_peer ? peer_colour : own_colours.at(own++ % own_colours.size()));
  return colours;
}

LogAxis axis_of(const Panel& panel, double Point::* value, double narrowest) {
  double least = 0;
  double most = 0;
  for (const Curve& curve : panel.curves) {
    for (const Point& point : curve.points) {
      least = least == 0 ? point.*value : std::min(least, point.*value);
      most = std::max(most, point.*value);
    }
  }
  return least == 0 ? LogAxis(1, 1, narrowest) : LogAxis(least, most, narrowest);
}

std::string place(double x, double y) {
  return short_number(std::round(x * 10) / 10) + ' ' + short_number(std::round(y * 10) / 10);
}

}  // namespace

PanelPainter::PanelPainter(const Panel& panel)
    : panel_(panel), across_(axis_of(panel, &Point::x, 2)), up_(axis_of(panel, &Point::y, 10)) {
  double widest = 0;
  for (const Curve& curve : panel.curves) {
    labels_.push_back(curve.label + ' ' + amount_text(curve.points.back().y, panel.unit));
    widest = std::max(widest, drawn_width(labels_.back(), label_style));
  }
  right_ = width - gap - static_cast<int>(std::ceil(widest));
}

double PanelPainter::x(double value) const {
  return std::lerp(left_of_plot, right_, across_.part(value));
}

double PanelPainter::y(double value) const {
  return std::lerp(bottom_of_plot, top_of_plot, up_.part(value));
}

// The sizes that were measured; of those that stand too near to each other the larger one.
void PanelPainter::draw_across(Svg& svg) const {
  std::set<double, std::greater<>> sizes;
  for (const Curve& curve : panel_.curves) {
    for (const Point& point : curve.points)
      sizes.insert(point.x);
  }
  TextStyle style = tick_style;
  style.anchor = Anchor::middle;
  double free_to = PanelPainter::width;
  for (const double size : sizes) {
    const double middle = x(size);
    svg.path('M' + place(middle, top_of_plot) + 'V' + std::to_string(bottom_of_plot),
             {.stroke = grid_stroke});
    const std::string text = with_commas(static_cast<std::uint64_t>(size));
    const double half = drawn_width(text, style) / 2;
    if (middle + half > free_to) continue;
    free_to = middle - half - 6;
    svg.text(middle, bottom_of_plot + 17, text, style);
  }
  svg.text((left_of_plot + right_) / 2.0, bottom_of_plot + 35, panel_.x_name, style);
}

void PanelPainter::draw_up(Svg& svg) const {
  TextStyle style = tick_style;
  style.anchor = Anchor::end;
  for (const double tick : up_.ticks()) {
    const double at = y(tick);
    svg.path('M' + place(left_of_plot, at) + 'H' + std::to_string(right_), {.stroke = grid_stroke});
    svg.text(left_of_plot - 8, at + 4, round_amount(tick, panel_.unit), style);
  }
}

std::vector<double> PanelPainter::label_places() const {
  std::vector<double> places;
  for (const Curve& curve : panel_.curves)
    places.push_back(y(curve.points.back().y) + 4);
  std::vector<std::size_t> order;
  for (std::size_t curve = 0; curve < places.size(); ++curve)
    order.push_back(curve);
  std::ranges::sort(order, {}, [&](std::size_t curve) { return places[curve]; });
  for (std::size_t i = 1; i < order.size(); ++i)
    places[order[i]] = std::max(places[order[i]], places[order[i - 1]] + label_height);
  double free_to = bottom_of_plot + 4;
  for (std::size_t i = order.size(); i-- > 0;) {
    double& place = places[order[i]];
    place = std::min(place, free_to);
    free_to = place - label_height;
  }
  return places;
}

void PanelPainter::draw_curves(Svg& svg) const {
  const std::vector<double> places = label_places();
  const std::vector<std::string_view> colours = colours_of(panel_);
  // The first one lies above the others.
  for (std::size_t curve = panel_.curves.size(); curve-- > 0;) {
    std::string line;
    std::string dots;
    for (const Point& point : panel_.curves[curve].points) {
      const std::string at = place(x(point.x), y(point.y));
      line += (line.empty() ? 'M' : 'L') + at;
      dots += 'M' + at + "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z";
    }
    svg.path(line, {.stroke = colours[curve], .width = 2.2});
    svg.path(dots, {.fill = colours[curve]});
    TextStyle style = label_style;
    style.fill = colours[curve];
    svg.text(right_ + 4, places[curve], labels_[curve], style);
  }
}

void PanelPainter::draw(Svg& svg, int left, int top) const {
  svg.begin_group(left, top);
  svg.text(0, 14, panel_.title, title_style);
  draw_across(svg);
  draw_up(svg);
  svg.path('M' + place(left_of_plot, top_of_plot) + 'V' + std::to_string(bottom_of_plot) + 'H' +
               std::to_string(right_),
           {.stroke = tool::faint_ink});
  draw_curves(svg);
  svg.end_group();
}

}  // namespace pinfold::bench

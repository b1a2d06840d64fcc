#include "bench/heat_legend.h"

#include <algorithm>
#include <cmath>

#include "topo/colours.h"

namespace pinfold::tool {
namespace {

constexpr int scale_height = 14;
constexpr int scale_block = 58;
constexpr int beside = 40;
constexpr int line_height = 20;
constexpr int swatch = 12;
constexpr int name_left = 22;
constexpr int ns_right = 182;
constexpr int detail_left = 196;
constexpr int table_width = 400;
constexpr int gap = 16;
constexpr int note_height = 17;
constexpr TextStyle plain{.size = 12, .fill = ink};
constexpr TextStyle strong{.size = 12, .bold = true, .fill = ink, .anchor = Anchor::end};
constexpr TextStyle faint{.size = 12, .fill = faint_ink};
constexpr TextStyle small{.size = 11, .fill = faint_ink, .anchor = Anchor::middle};

std::string count_of_pairs(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " pair" : " pairs");
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, const TextStyle& style, int width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    std::string longer = lines.back();
    if (!longer.empty()) longer += ' ';
    longer += word;
    if (!lines.back().empty() && drawn_width(longer, style) > width) {
      lines.emplace_back(word);
    } else {
      lines.back() = std::move(longer);
    }
  }
  return lines;
}

HeatLegend::HeatLegend(const MatrixReport& report, const HeatColours& colours, int width)
    : colours_(colours) {
  constexpr int widest_scale = 420;
  is_beside_ = width >= table_width + beside + 280;
  scale_width_ = std::min(widest_scale, is_beside_ ? width - table_width - beside : width);
  std::size_t unknown = 0;
  for (const auto& kind : measure::by_sharing(report.machine, report.matrix)) {
    unknown += kind.unknown;
    const measure::Spread& ns = kind.one_way_ns;
    if (ns.count == 0) continue;
    std::string detail = count_of_pairs(ns.count);
    if (ns.count > 1) detail.insert(0, ns_text(ns.least) + " to " + ns_text(ns.most) + ", ");
    lines_.push_back({.fill = HeatColours::colour(colours.part(ns.median)),
                      .name = name_of(kind.sharing),
                      .ns = ns_text(ns.median) + " ns",
                      .detail = std::move(detail)});
  }
  if (unknown > 0) {
    lines_.push_back({.fill = std::string(hatch('!')),
                      .name = "no number",
                      .ns = {},
                      .detail = count_of_pairs(unknown)});
  }
  const auto note = [&](const std::string& text) {
    for (std::string& part : wrapped(text, faint, width))
      notes_.push_back(std::move(part));
  };
  constexpr std::size_t most_reasons = 3;
  const auto refused = refused_pairs(report.matrix);
  for (std::size_t i = 0; i < std::min(most_reasons, refused.size()); ++i)
    note("No number for " + pairs_text(refused[i]) + ": " + refused[i].reason + '.');
  if (refused.size() > most_reasons)
    note("And " + std::to_string(refused.size() - most_reasons) + " more reasons.");
  for (const measure::Doubt& doubt : report.doubts)
    note("Note: " + doubt.text + '.');
}

int HeatLegend::table_height() const { return static_cast<int>(lines_.size()) * line_height; }

int HeatLegend::height() const {
  const int blocks =
      is_beside_ ? std::max(scale_block, table_height()) : scale_block + gap + table_height();
  return blocks + (notes_.empty() ? 0 : gap + static_cast<int>(notes_.size()) * note_height);
}

void HeatLegend::draw_scale(Svg& svg, int left, int top) const {
  svg.text(left, top + 11, "One way, ns (the longer, the darker; logarithmic)", faint);
  const int bar_top = top + 20;
  // Pieces, because word processors show gradients in ways of their own.
  constexpr int piece = 4;
  for (int x = 0; x < scale_width_; x += piece) {
    const double part = (x + piece / 2.0) / scale_width_;
    svg.rect({left + x, bar_top, std::min(piece, scale_width_ - x), scale_height},
             {.fill = HeatColours::colour(part)});
  }
  double free_from = left;
  for (const double tick : colours_.ticks()) {
    const double x = left + colours_.part(tick) * scale_width_;
    const std::string text = std::to_string(std::lround(tick));
    const double half = drawn_width(text, small) / 2;
    if (std::abs(tick - std::round(tick)) > 0.01 || x - half < free_from ||
        x + half > left + scale_width_)
      continue;
    free_from = x + half + 6;
    svg.rect({static_cast<int>(x), bar_top + scale_height, 1, 4}, {.fill = faint_ink});
    svg.text(x, bar_top + scale_height + 16, text, small);
  }
}

void HeatLegend::draw(Svg& svg, int left, int top) const {
  draw_scale(svg, left, top);
  const int table_left = is_beside_ ? left + scale_width_ + beside : left;
  int y = is_beside_ ? top : top + scale_block + gap;
  for (const Line& row : lines_) {
    const int base = y + 11;
    svg.rect({table_left, y, swatch, swatch}, {.fill = row.fill, .stroke = line});
    svg.text(table_left + name_left, base, row.name, plain);
    svg.text(table_left + ns_right, base, row.ns, strong);
    svg.text(table_left + detail_left, base, row.detail, faint);
    y += line_height;
  }
  y = std::max(y, top + scale_block) + gap;
  for (const std::string& note : notes_) {
    svg.text(left, y + 11, note, faint);
    y += note_height;
  }
}

}  // namespace pinfold::tool

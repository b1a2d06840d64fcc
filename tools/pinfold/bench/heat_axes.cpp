#include "bench/heat_axes.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "topo/colours.h"

namespace pinfold::tool {
namespace {

constexpr int bracket = 20;       // what a level takes above the numbers
constexpr int side_bracket = 26;  // and beside them
constexpr int bar = 4;
constexpr int number_height = 18;
constexpr int gap = 6;

TextStyle number_style(const HeatGrid& grid) {
  return {.size = grid.cell() >= 24 ? 12.0 : 10.0, .fill = number_ink};
}

constexpr TextStyle level_style{.size = 11, .fill = faint_ink};

}  // namespace

HeatAxes::HeatAxes(const measure::Matrix& matrix, const std::vector<HeatLevel>& levels,
                   const HeatGrid& grid)
    : matrix_(matrix), levels_(levels), grid_(grid) {
  double widest = 0;
  for (const CpuId cpu : matrix.cpus())
    widest = std::max(widest, drawn_width(std::to_string(cpu.value()), number_style(grid)));
  number_width_ = static_cast<int>(std::ceil(widest));
  for (const HeatLevel& level : levels) {
    if (fits(level, false)) named_.push_back(&level);
  }
  const int count = static_cast<int>(named_.size());
  left_ = number_width_ + gap + count * side_bracket + gap;
  top_ = number_height + count * bracket + gap;
  for (const HeatLevel* level : named_)
    right_ =
        std::max(right_, gap + static_cast<int>(std::ceil(drawn_width(level->names, level_style))));
}

std::string HeatAxes::run_name(const HeatLevel& level, const HeatRun& run, bool is_long) const {
  if (!run.object) return {};
  const std::string number = std::to_string(*run.object);
  return is_long ? name(level.level) + (':' + number) : number;
}

bool HeatAxes::fits(const HeatLevel& level, bool is_long) const {
  return std::ranges::all_of(level.runs, [&](const HeatRun& run) {
    const int room = grid_.end(run.last) - grid_.begin(run.first);
    return drawn_width(run_name(level, run, is_long), level_style) + 4 <= room;
  });
}

bool HeatAxes::have_room(const std::vector<std::size_t>& rows, bool across) const {
  const TextStyle style = number_style(grid_);
  double free_from = -1e9;
  for (const std::size_t row : rows) {
    const std::string number = std::to_string(matrix_.cpus()[row].value());
    const double half = across ? drawn_width(number, style) / 2 + 1 : style.size * 0.45;
    const double middle = grid_.begin(row) + grid_.cell() / 2.0;
    if (middle - half < free_from) return false;
    free_from = middle + half;
  }
  return true;
}

std::vector<std::size_t> HeatAxes::numbered_rows(bool across) const {
  std::vector<std::size_t> rows(matrix_.size());
  for (std::size_t row = 0; row < rows.size(); ++row)
    rows[row] = row;
  for (std::size_t level = levels_.size(); level-- > 0 && !have_room(rows, across);) {
    rows.clear();
    for (const HeatRun& run : levels_[level].runs)
      rows.push_back(run.first);
  }
  while (!have_room(rows, across)) {
    std::vector<std::size_t> half;
    for (std::size_t i = 0; i < rows.size(); i += 2)
      half.push_back(rows[i]);
    rows = std::move(half);
  }
  return rows;
}

void HeatAxes::draw_numbers(Svg& svg, int x, int y) const {
  TextStyle style = number_style(grid_);
  for (const bool across : {true, false}) {
    style.anchor = across ? Anchor::middle : Anchor::end;
    for (const std::size_t row : numbered_rows(across)) {
      const std::string number = std::to_string(matrix_.cpus()[row].value());
      const double middle = grid_.begin(row) + grid_.cell() / 2.0;
      if (across) {
        svg.text(x + middle, y - gap - 2, number, style);
      } else {
        svg.text(x - gap - 2, y + middle + style.size * 0.36, number, style);
      }
    }
  }
}

void HeatAxes::draw_level(Svg& svg, int x, int y, const HeatLevel& level, int place) const {
  const std::string_view fill = box_colours(level.level).frame.stroke;
  const int bar_y = y - number_height - gap / 2 - place * bracket - bar;
  const int bar_x = x - number_width_ - 2 * gap - place * side_bracket - bar;
  const bool is_long = fits(level, true);
  TextStyle style = level_style;
  for (const HeatRun& run : level.runs) {
    if (!run.object) continue;
    const int begin = grid_.begin(run.first);
    const int length = grid_.end(run.last) - begin;
    svg.rect({x + begin, bar_y, length, bar}, {.fill = fill});
    svg.rect({bar_x, y + begin, bar, length}, {.fill = fill});
    style.anchor = Anchor::middle;
    svg.text(x + begin + length / 2.0, bar_y - 4, run_name(level, run, is_long), style);
    style.anchor = Anchor::end;
    if (length >= level_style.size)
      svg.text(bar_x - 3, y + begin + length / 2.0 + 4, run_name(level, run, false), style);
  }
  style.anchor = Anchor::start;
  svg.text(x + grid_.size() + gap, bar_y + bar + 1, level.names, style);
}

void HeatAxes::draw(Svg& svg, int x, int y) const {
  draw_numbers(svg, x, y);
  int place = static_cast<int>(named_.size());
  for (const HeatLevel* level : named_)
    draw_level(svg, x, y, *level, --place);
}

}  // namespace pinfold::tool

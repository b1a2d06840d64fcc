#include "bench/heatmap.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "bench/heat_axes.h"
#include "bench/heat_colours.h"
#include "bench/heat_grid.h"
#include "bench/heat_groups.h"
#include "bench/heat_legend.h"
#include "topo/colours.h"
#include "topo/summary.h"
#include "topo/svg.h"
#include "topo/tree.h"

namespace pinfold::tool {
namespace {

constexpr int margin = 28;
constexpr int narrowest = 480;
constexpr int section_gap = 20;
constexpr int heading_line = 24;
constexpr int sub_line = 17;
constexpr TextStyle heading_style{.size = 16, .bold = true, .fill = ink};
constexpr TextStyle sub_style{.size = 12, .fill = faint_ink};
constexpr std::string_view title = "Latency from core to core";
constexpr std::string_view diagonal_fill = "#eceff3";

std::string cell_title(const measure::Matrix& matrix, std::size_t a, std::size_t b) {
  const std::string who = "CPU " + std::to_string(matrix.cpus()[a].value()) + " and CPU " +
                          std::to_string(matrix.cpus()[b].value()) + ": ";
  const measure::MatrixCell& cell = matrix.at(a, b);
  if (!cell.one_way_ns) return who + "no number: " + cell.reason;
  return who + ns_text(cell.one_way_ns->median) + " ns one way (middle half " +
         ns_text(cell.one_way_ns->low) + " to " + ns_text(cell.one_way_ns->high) + ')';
}

// Three characters have room in the smallest cell that has numbers.
std::string cell_number(double ns, int cell) {
  constexpr int wide = 38;
  return cell < wide ? short_ns_text(ns) : ns_text(ns);
}

// A shape and a number each: to be looked at one by one.
void paint_cells(Svg& svg, const measure::Matrix& matrix, const HeatGrid& grid,
                 const HeatColours& colours) {
  const int cell = grid.cell();
  TextStyle style{.size = cell >= 48 ? 14.0 : cell >= 38 ? 12.0 : 9.5, .anchor = Anchor::middle};
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    for (std::size_t b = 0; b < matrix.size(); ++b) {
      const Rect rect{grid.begin(b), grid.begin(a), cell, cell};
      if (a == b) {
        svg.rect(rect, {.fill = diagonal_fill});
        continue;
      }
      const auto& ns = matrix.at(a, b).one_way_ns;
      if (!ns) {
        svg.rect(rect, {.fill = hatch('!')}, cell_title(matrix, a, b));
        continue;
      }
      const double part = colours.part(ns->median);
      svg.rect(rect, {.fill = HeatColours::colour(part)}, cell_title(matrix, a, b));
      style.fill = HeatColours::text_colour(part);
      svg.text(rect.x + cell / 2.0, rect.y + cell / 2.0 + style.size * 0.36,
               cell_number(ns->median, cell), style);
    }
  }
}

// A path for all cells of one colour, neighbours in one piece: a hundredth of the size.
void paint_areas(Svg& svg, const measure::Matrix& matrix, const HeatGrid& grid,
                 const HeatColours& colours) {
  std::map<std::string, std::string> areas;
  const auto fill_of = [&](std::size_t a, std::size_t b) {
    if (a == b) return std::string(diagonal_fill);
    const auto& ns = matrix.at(a, b).one_way_ns;
    return ns ? HeatColours::colour(colours.part(ns->median)) : std::string(hatch('!'));
  };
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    for (std::size_t b = 0; b < matrix.size();) {
      const std::string fill = fill_of(a, b);
      const std::size_t first = b;
      while (++b < matrix.size() && grid.begin(b) == grid.end(b - 1) && fill_of(a, b) == fill) {
      }
      const std::string width = std::to_string(grid.end(b - 1) - grid.begin(first));
      std::string& path = areas[fill];
      path += 'M' + std::to_string(grid.begin(first)) + ' ';
      path += std::to_string(grid.begin(a)) + 'h' + width;
      path += 'v' + std::to_string(grid.cell()) + "h-" + width + 'z';
    }
  }
  for (const auto& [fill, path] : areas)
    svg.path(path, {.fill = fill});
}

void paint_outlines(Svg& svg, const std::vector<HeatLevel>& levels, const HeatGrid& grid) {
  for (std::size_t level = levels.size(); level-- > 0;) {
    const bool is_small = levels[level].level == Level::core || levels[level].level == Level::l2;
    constexpr int smallest = 7;  // around two cells that are smaller there would be nothing to see
    if (is_small && grid.cell() < smallest) continue;
    const int outset = grid.outset(level);
    for (const HeatRun& run : levels[level].runs) {
      if (!run.object || run.is_one()) continue;
      const int begin = grid.begin(run.first) - outset;
      const int size = grid.end(run.last) + outset - begin;
      svg.rect({begin, begin, size, size},
               {.stroke = levels[level].level == Level::package ? ink : faint_ink});
    }
  }
}

std::vector<std::string> subtitle(const MatrixReport& report, int width) {
  const auto words = summary_words(report.machine, tree_of(report.machine));
  std::vector<std::string> lines =
      wrapped(std::accumulate(words.begin(), words.end(), std::string()), sub_style, width);
  for (std::string& line :
       wrapped("Half of what a cache line takes there and back when two CPUs write it in turn; "
               "medians of " +
                   std::to_string(report.samples) + " samples of " + std::to_string(report.rounds) +
                   " round trips.",
               sub_style, width))
    lines.push_back(std::move(line));
  return lines;
}

}  // namespace

std::string heatmap(const MatrixReport& report) {
  const measure::Matrix& matrix = report.matrix;
  const std::vector<HeatLevel> levels = heat_levels(report.machine, matrix);
  const HeatGrid grid(matrix.size(), levels);
  const HeatColours colours(matrix);
  const HeatAxes axes(matrix, levels, grid);
  const int width = std::max(narrowest, axes.left() + grid.size() + axes.right());
  const HeatLegend legend(report, colours, width);
  const std::vector<std::string> lines = subtitle(report, width);

  const int axes_top =
      margin + heading_line + static_cast<int>(lines.size()) * sub_line + section_gap / 2;
  const int grid_top = axes_top + axes.top();
  const int legend_top = grid_top + grid.size() + section_gap + 4;
  Svg svg({.width = width + 2 * margin, .height = legend_top + legend.height() + margin}, title,
          conclusion(measure::by_sharing(report.machine, matrix)));
  svg.definitions(hatch_definitions());
  svg.rect({0, 0, width + 2 * margin, legend_top + legend.height() + margin}, {.fill = paper});
  svg.text(margin, margin + 15, title, heading_style);
  for (std::size_t i = 0; i < lines.size(); ++i)
    svg.text(margin, margin + heading_line + 12 + static_cast<int>(i) * sub_line, lines[i],
             sub_style);
  axes.draw(svg, margin + axes.left(), grid_top);
  svg.begin_group(margin + axes.left(), grid_top);
  if (grid.has_numbers()) {
    paint_cells(svg, matrix, grid, colours);
  } else {
    paint_areas(svg, matrix, grid, colours);
  }
  paint_outlines(svg, levels, grid);
  svg.end_group();
  legend.draw(svg, margin, legend_top);
  return svg.str();
}

}  // namespace pinfold::tool

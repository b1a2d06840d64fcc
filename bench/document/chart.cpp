#include "document/chart.h"

#include <algorithm>

#include "document/panel.h"
#include "topo/colours.h"

namespace pinfold::bench {
namespace {

constexpr int margin = 24;
constexpr int heading = 36;
constexpr int between = 32;
constexpr std::size_t in_a_row = 2;
constexpr tool::TextStyle heading_style{.size = 17, .bold = true, .fill = tool::ink};

// Where the n-th of several with a space between them begins.
int begin(std::size_t number, int size) { return static_cast<int>(number) * (size + between); }

}  // namespace

std::string draw(const Chart& chart) {
  const std::size_t columns = std::min(in_a_row, chart.panels.size());
  const std::size_t rows = (chart.panels.size() + columns - 1) / columns;
  const tool::Svg::Size size{
      .width = begin(columns, PanelPainter::width) - between + 2 * margin,
      .height = heading + begin(rows, PanelPainter::height) - between + 2 * margin};
  tool::Svg svg(size, chart.title, chart.description);
  // A card, because the page may be dark.
  svg.rect({0, 0, size.width, size.height},
           {.fill = tool::paper, .stroke = tool::line, .radius = 8});
  svg.text(margin, margin + 14, chart.title, heading_style);
  for (std::size_t i = 0; i < chart.panels.size(); ++i) {
    PanelPainter(chart.panels[i])
        .draw(svg, margin + begin(i % columns, PanelPainter::width),
              margin + heading + begin(i / columns, PanelPainter::height));
  }
  return svg.str();
}

}  // namespace pinfold::bench

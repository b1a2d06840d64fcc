#include "topo/box_measure.h"

#include <algorithm>
#include <cmath>

#include "topo/box_tree.h"

namespace pinfold::tool {
namespace {

using Size = Svg::Size;

// What is not about as wide as it is high looks bad.
double stripe(Size size) {
  if (size.width == 0) return 0;
  constexpr double harmless = 2;
  const double width = size.width;
  const double height = size.height;
  const double ratio = std::max(width / height, height / width);
  return ratio <= harmless ? 0 : 0.12 * width * height * std::log(ratio / harmless);
}

}  // namespace

std::size_t level_around(const Box& box) {
  return box.objects.empty() ? page_level : static_cast<std::size_t>(box.objects.front().level);
}

BoxMeasure::BoxMeasure(const Machine& machine, const Scale& scale) : scale_(scale) {
  for (std::size_t i = 0; i < level_count; ++i) {
    const auto level = static_cast<Level>(i);
    for (std::size_t index = 0; index < machine.objects(level).size(); ++index)
      title_widths_.at(i) = std::max(title_widths_.at(i), title_width(machine, {level, index}));
  }
}

void BoxMeasure::use(const Columns& columns) {
  columns_ = columns;
  measured_.clear();
}

Measured BoxMeasure::measured(const Box& box) {
  if (const auto known = measured_.find(box.shape); known != measured_.end()) return known->second;
  const Measured inner = box.is_core() ? Measured{cells_size(box)} : boxes_size(box);
  int width = inner.size.width;
  for (const TitleBar& title : box.titles)
    width = std::max(width, title_widths_.at(static_cast<std::size_t>(title.object.level)));
  Measured all{
      {width + 2 * padding(box), inner.size.height + titles_height(box) + 2 * padding(box)},
      inner.waste + stripe(inner.size)};
  // Where a name is longer, boxes become wider, but not much.
  const int unused = width - 2 * inner.size.width;
  if (unused > 0) all.waste += static_cast<double>(unused) * inner.size.height;
  measured_.emplace(box.shape, all);
  return all;
}

Size BoxMeasure::largest(std::span<const Box> run) {
  Size largest{0, 0};
  for (const Box& box : run) {
    const Size one = measured(box).size;
    largest = {std::max(largest.width, one.width), std::max(largest.height, one.height)};
  }
  return largest;
}

int BoxMeasure::columns(const Box& box, std::size_t boxes) const {
  return std::min(columns(box), static_cast<int>(boxes));
}

int BoxMeasure::cell_columns(const Box& core) {
  const auto slots = static_cast<int>(core.slots);
  if (slots <= 2) return slots;
  int columns = 2;
  while (columns * columns < slots)
    columns *= 2;
  return columns;
}

int BoxMeasure::padding(const Box& box) const {
  if (box.is_core()) return has_frame(box, scale_) ? scale_.core_padding : 0;
  return box.objects.empty() ? 0 : scale_.padding;
}

int BoxMeasure::gap(const Box& box) const { return box.is_core() ? scale_.core_gap : scale_.gap; }

int BoxMeasure::title_gap() const { return std::max(2, scale_.padding / 2); }

int BoxMeasure::title_width(const Machine& machine, ObjectName object) const {
  const TitleText text = title_text(machine, object);
  return static_cast<int>(std::ceil(drawn_width(text.name + ' ', name_style(scale_)) +
                                    drawn_width(text.detail, detail_style(scale_)))) +
         2 * title_margin;
}

int BoxMeasure::titles_height(const Box& box) const {
  const auto count = static_cast<int>(box.titles.size());
  const bool nothing_below = box.boxes.empty() && box.cells.empty();
  return count * (scale_.title_height + title_gap()) - (nothing_below ? title_gap() : 0);
}

Size BoxMeasure::cells_size(const Box& core) const {
  const int columns = cell_columns(core);
  const int rows = (static_cast<int>(core.slots) + columns - 1) / columns;
  return {columns * (scale_.cell_width + scale_.cell_gap) - scale_.cell_gap,
          rows * (scale_.cell_height + scale_.cell_gap) - scale_.cell_gap};
}

Measured BoxMeasure::boxes_size(const Box& box) {
  Measured all;
  Size& size = all.size;
  double area = 0;
  for (const auto run : runs_of(box.boxes)) {
    const Size one = largest(run);
    const int across = columns(box, run.size());
    const int down = (static_cast<int>(run.size()) + across - 1) / across;
    const int space = gap(run.front());
    size.width = std::max(size.width, across * (one.width + space) - space);
    size.height += (size.height > 0 ? scale_.gap : 0) + down * (one.height + space) - space;
    area += static_cast<double>(run.size()) * (one.width + space) * (one.height + space);
    for (const Box& inner : run)
      all.waste += measured(inner).waste;
  }
  all.waste += std::max(0.0, static_cast<double>(size.width) * size.height - area);
  return all;
}

}  // namespace pinfold::tool

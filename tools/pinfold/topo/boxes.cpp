#include "topo/boxes.h"

#include <algorithm>
#include <cmath>

#include "topo/box_columns.h"
#include "topo/box_measure.h"
#include "topo/box_tree.h"
#include "topo/names.h"

namespace pinfold::tool {
namespace {

class Placer {
 public:
  Placer(BoxMeasure& measure, const Scale& scale) : measure_(measure), scale_(scale) {}

  void place(Box& box, const Rect& rect) {
    box.rect = rect;
    const int padding = measure_.padding(box);
    Rect inner{rect.x + padding, rect.y + padding, rect.width - 2 * padding,
               rect.height - 2 * padding};
    for (TitleBar& title : box.titles) {
      title.rect = {inner.x, inner.y, inner.width, scale_.title_height};
      const int taken = scale_.title_height + measure_.title_gap();
      inner.y += taken;
      inner.height -= taken;
    }
    if (box.is_core()) return place_cells(box, inner);
    for (const auto run : runs_of(box.boxes)) {
      place_run(box, run, inner);
      const int taken = run.back().rect.bottom() + scale_.gap - inner.y;
      inner.y += taken;
      inner.height -= taken;
    }
  }

 private:
  // The left end of the column, where `columns` share `width`.
  static int start(int column, int columns, int width, int gap) {
    return column * (width + gap) / columns;
  }

  void place_run(const Box& around, std::span<Box> run, const Rect& inner) {
    const Svg::Size one = measure_.largest(run);
    const int gap = measure_.gap(run.front());
    const auto needed = [&](int columns) { return columns * (one.width + gap) - gap; };
    const int columns = measure_.columns(around, run.size());
    // A short run stands in the same columns as longer ones elsewhere, if these are not too narrow.
    const int shared = std::max(columns, measure_.columns(around));
    const int tracks = needed(shared) <= inner.width ? shared : columns;
    // Columns fill the width, unless that would make the boxes look like something else.
    const int width = inner.width <= 2 * needed(tracks) ? inner.width : needed(tracks);
    for (std::size_t i = 0; i < run.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int row = static_cast<int>(i) / columns;
      const int left = start(column, tracks, width, gap);
      const int right = start(column + 1, tracks, width, gap) - gap;
      place(run[i], {inner.x + left, inner.y + row * (one.height + gap), right - left, one.height});
    }
  }

  void place_cells(Box& box, const Rect& inner) {
    const int columns = BoxMeasure::cell_columns(box);
    for (std::size_t i = 0; i < box.cells.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int row = static_cast<int>(i) / columns;
      const int left = start(column, columns, inner.width, scale_.cell_gap);
      const int right = start(column + 1, columns, inner.width, scale_.cell_gap) - scale_.cell_gap;
      box.cells[i].rect = {inner.x + left, inner.y + row * (scale_.cell_height + scale_.cell_gap),
                           right - left, scale_.cell_height};
    }
  }

  BoxMeasure& measure_;
  const Scale& scale_;
};

// Which core or node they would belong to the kernel does not say: they stand below.
void add_offline(Box& page_box, const CpuSet& cpus, const Scale& scale) {
  constexpr std::size_t most = 256;
  if (cpus.empty() || cpus.count() > most) return;
  const int padding = scale.padding;
  const int title =
      static_cast<int>(std::ceil(drawn_width(offline_title, name_style(scale)))) + 2 * title_margin;
  const int left = padding + title;
  const int across = scale.cell_width + scale.cell_gap;
  const int down = scale.cell_height + scale.cell_gap;
  const int columns = std::clamp((page_box.rect.width - left - padding + scale.cell_gap) / across,
                                 1, static_cast<int>(cpus.count()));
  const int rows = (static_cast<int>(cpus.count()) + columns - 1) / columns;
  Box box{.cpus = cpus, .offline = true};
  box.rect = {0, page_box.rect.bottom() + scale.gap,
              left + columns * across - scale.cell_gap + padding,
              rows * down - scale.cell_gap + 2 * padding};
  int i = 0;
  for (const CpuId cpu : cpus) {
    box.cells.push_back({cpu,
                         {left + i % columns * across, box.rect.y + padding + i / columns * down,
                          scale.cell_width, scale.cell_height}});
    ++i;
  }
  page_box.rect.width = std::max(page_box.rect.width, box.rect.width);
  page_box.rect.height = box.rect.bottom();
  page_box.boxes.push_back(std::move(box));
}

}  // namespace

Box lay_out_boxes(const Machine& machine, const MachineTree& tree, const Scale& scale, int width) {
  Box page_box = box_tree(machine, tree, scale);
  BoxMeasure measure(machine, scale);
  measure.use(choose_columns(page_box, measure, width));
  const Svg::Size size = measure.measured(page_box).size;
  Placer(measure, scale).place(page_box, {0, 0, std::max(size.width, width), size.height});
  add_offline(page_box, machine.present() - machine.online(), scale);
  return page_box;
}

bool has_frame(const Box& core, const Scale& scale) {
  return scale.core_padding > 0 && (core.slots > 1 || !core.titles.empty());
}

TitleText title_text(const Machine& machine, ObjectName object) {
  const auto [level, index] = object;
  std::string detail = object_detail(machine, level, index, index);
  if (machine.objects(level)[index].cpus.empty())
    detail += detail.empty() ? "no CPUs" : ", no CPUs";
  return {object_name(level, index, index), std::move(detail)};
}

}  // namespace pinfold::tool

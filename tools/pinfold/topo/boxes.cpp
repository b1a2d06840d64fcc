#include "topo/boxes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "topo/names.h"

namespace pinfold::tool {
namespace {

using Size = Svg::Size;

// How many boxes stand beside each other, by the level of the box around them; the page is last.
constexpr std::size_t page = level_count;
using Columns = std::array<int, level_count + 1>;

std::size_t around(const Box& box) {
  return box.objects.empty() ? page : static_cast<std::size_t>(box.objects.front().level);
}

// Boxes that stand in rows together: cores, other boxes, and nodes without CPUs; each kind of CPUs
// has rows of its own.
bool together(const Box& a, const Box& b) {
  return a.kind == b.kind && a.is_core() == b.is_core() && a.cpus.empty() == b.cpus.empty();
}

template <class Boxes>
auto runs_of(Boxes& boxes) {
  std::vector<decltype(std::span(boxes))> runs;
  for (std::size_t i = 0, end = 0; i < boxes.size(); i = end) {
    for (end = i + 1; end < boxes.size() && together(boxes[i], boxes[end]);)
      ++end;
    runs.push_back(std::span(boxes).subspan(i, end - i));
  }
  return runs;
}

// --- from a tree

class Builder {
 public:
  Builder(const Machine& machine, const MachineTree& tree, const Scale& scale)
      : machine_(machine), tree_(tree), scale_(scale) {
    find_slots(tree.branches);
  }

  Box page_box() {
    Box box{.cpus = machine_.online()};
    fill(box, tree_.branches);
    for (const ObjectName node : tree_.without_cpus)
      box.boxes.push_back(with_titles({.objects = {node}, .shape = no_cpus}));
    return box;
  }

 private:
  static constexpr unsigned no_cpus = ~0U;
  static constexpr unsigned loose = ~0U - 1;

  // Two boxes come of a branch that is a core and more.
  enum class Part : unsigned {
    group,
    core
  };
  static unsigned shape_of(const Branch& branch, Part part) {
    return 2 * branch.shape + static_cast<unsigned>(part);
  }

  Box group(const Branch& branch) {
    Box box{.objects = branch.objects,
            .cpus = *branch.cpus,
            .kind = branch.kind,
            .shape = shape_of(branch, Part::group)};
    if (branch.children.empty()) {
      auto& objects = box.objects;
      Box inner = core(branch);
      std::erase_if(objects, [&](ObjectName object) { return belongs_to_core(object.level); });
      if (objects.empty()) return inner;
      box.boxes.push_back(std::move(inner));
    } else {
      fill(box, branch.children);
    }
    return with_titles(std::move(box));
  }

  // A core of which a CPU is offline takes as much room as the others of its kind.
  void find_slots(const std::vector<Branch>& branches) {
    for (const Branch& branch : branches) {
      find_slots(branch.children);
      std::size_t& slots = slots_[branch.kind];
      if (branch.children.empty()) slots = std::max(slots, branch.cpus->count());
    }
  }

  static bool belongs_to_core(Level level) { return level == Level::core || level == Level::l2; }

  void fill(Box& box, const std::vector<Branch>& branches) {
    CpuSet rest = box.cpus;
    for (const Branch& branch : branches) {
      rest -= *branch.cpus;
      box.boxes.push_back(group(branch));
    }
    // What lies across others may leave CPUs without a core in the tree.
    for (const CpuId cpu : rest)
      box.boxes.push_back({.cpus = {cpu}, .cells = {{cpu}}, .slots = 1, .shape = loose});
  }

  Box core(const Branch& branch) {
    Box box{.cpus = *branch.cpus,
            .kind = branch.kind,
            .slots = slots_.at(branch.kind),
            .shape = shape_of(branch, Part::core)};
    for (const ObjectName object : branch.objects) {
      if (!belongs_to_core(object.level)) continue;
      box.objects.push_back(object);
      if (object.level != Level::core) continue;
      for (const Level level : tree_.own)
        box.objects.push_back({level, object.index});
    }
    for (const CpuId cpu : box.cpus)
      box.cells.push_back({cpu});
    // Its own name comes first.
    std::ranges::stable_partition(box.objects,
                                  [](ObjectName object) { return object.level == Level::core; });
    return scale_.names_cores ? with_titles(std::move(box)) : box;
  }

  Box with_titles(Box box) const {
    for (const ObjectName object : box.objects) {
      if (box.cpus.empty() || box.cpus.count() >= scale_.titled_at) box.titles.push_back({object});
    }
    return box;
  }

  const Machine& machine_;
  const MachineTree& tree_;
  const Scale& scale_;
  std::map<std::optional<std::size_t>, std::size_t> slots_;
};

// --- sizes

struct Measured {
  Size size{0, 0};
  double holes = 0;  // square pixels in which nothing stands
};

class Measure {
 public:
  Measure(const Machine& machine, const Scale& scale) : scale_(scale) {
    for (std::size_t i = 0; i < level_count; ++i) {
      const auto level = static_cast<Level>(i);
      for (std::size_t index = 0; index < machine.objects(level).size(); ++index)
        title_widths_.at(i) = std::max(title_widths_.at(i), title_width(machine, {level, index}));
    }
  }

  void use(const Columns& columns) {
    columns_ = columns;
    measured_.clear();
  }

  [[nodiscard]] int columns(const Box& box, std::size_t boxes) const {
    return std::min(columns_.at(around(box)), static_cast<int>(boxes));
  }

  // CPUs of a core beside each other: siblings in pairs.
  [[nodiscard]] static int cell_columns(const Box& core) {
    const auto slots = static_cast<int>(core.slots);
    if (slots <= 2) return slots;
    int columns = 2;
    while (columns * columns < slots)
      columns *= 2;
    return columns;
  }

  [[nodiscard]] int padding(const Box& box) const {
    if (box.is_core()) return has_frame(box, scale_) ? scale_.core_padding : 0;
    return box.objects.empty() ? 0 : scale_.padding;
  }
  [[nodiscard]] int gap(const Box& box) const {
    return box.is_core() ? scale_.core_gap : scale_.gap;
  }
  [[nodiscard]] int titles_height(const Box& box) const {
    const auto count = static_cast<int>(box.titles.size());
    const bool nothing_below = box.boxes.empty() && box.cells.empty();
    return count * (scale_.title_height + title_gap()) - (nothing_below ? title_gap() : 0);
  }
  [[nodiscard]] int title_gap() const { return std::max(2, scale_.padding / 2); }

  Measured measured(const Box& box) {
    if (const auto known = measured_.find(box.shape); known != measured_.end())
      return known->second;
    const Measured inner = box.is_core() ? Measured{cells_size(box)} : boxes_size(box);
    int width = inner.size.width;
    for (const TitleBar& title : box.titles)
      width = std::max(width, title_widths_.at(static_cast<std::size_t>(title.object.level)));
    const Measured all{
        {width + 2 * padding(box), inner.size.height + titles_height(box) + 2 * padding(box)},
        inner.holes};
    if (!box.objects.empty() || box.is_core()) measured_.emplace(box.shape, all);
    return all;
  }

  // Each of a run takes as much room as the largest.
  Size largest(std::span<const Box> run) {
    Size largest{0, 0};
    for (const Box& box : run) {
      const Size one = measured(box).size;
      largest = {std::max(largest.width, one.width), std::max(largest.height, one.height)};
    }
    return largest;
  }

 private:
  [[nodiscard]] int title_width(const Machine& machine, ObjectName object) const {
    const TitleText text = title_text(machine, object);
    const std::string detail = text.detail.empty() ? "" : ' ' + text.detail;
    return static_cast<int>(std::ceil(drawn_width(text.name, name_style(scale_)) +
                                      drawn_width(detail, detail_style(scale_)))) +
           2 * title_margin;
  }

  [[nodiscard]] Size cells_size(const Box& core) const {
    const int columns = cell_columns(core);
    const int rows = (static_cast<int>(core.slots) + columns - 1) / columns;
    return {columns * (scale_.cell_width + scale_.cell_gap) - scale_.cell_gap,
            rows * (scale_.cell_height + scale_.cell_gap) - scale_.cell_gap};
  }

  Measured boxes_size(const Box& box) {
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
        all.holes += measured(inner).holes;
    }
    all.holes += std::max(0.0, static_cast<double>(size.width) * size.height - area);
    return all;
  }

  const Scale& scale_;
  std::array<int, level_count> title_widths_{};
  Columns columns_{};
  std::map<unsigned, Measured> measured_;
};

// --- how many columns

using Counts = std::array<std::size_t, level_count + 1>;

void find_counts(const Box& box, Counts& counts) {
  for (const auto run : runs_of(box.boxes))
    counts.at(around(box)) = std::max(counts.at(around(box)), run.size());
  for (const Box& inner : box.boxes)
    find_counts(inner, counts);
}

// Those that leave no hole in the last row; others too where these are all far from a square.
std::vector<int> choices(std::size_t count, std::size_t most) {
  const auto boxes = static_cast<int>(count);
  const double square = std::sqrt(static_cast<double>(count));
  const auto distance = [&](int columns) { return std::abs(std::log(columns / square)); };
  std::vector<int> all;
  bool any_near = false;
  for (int columns = 1; columns <= boxes; ++columns) {
    if (boxes % columns != 0) continue;
    all.push_back(columns);
    any_near = any_near || distance(columns) <= std::log(2.5);
  }
  for (int columns = 2; columns < boxes && !any_near; ++columns) {
    if (boxes % columns != 0 && distance(columns) <= std::log(2.5)) all.push_back(columns);
  }
  std::ranges::stable_sort(all, {}, distance);
  if (all.size() > most) all.resize(most);
  return all;
}

// What is wide rather than tall fits a page and a screen; and small is better than large.
double cost(const Measured& page_size) {
  constexpr double wanted = 1.6;
  constexpr double narrowest = 400;
  const double width = std::max<double>(page_size.size.width, narrowest);
  const double height = page_size.size.height;
  const double area = width * height;
  return std::abs(std::log(width / height / wanted)) + 0.5 * std::log(area) +
         2 * page_size.holes / area;
}

class Chooser {
 public:
  Chooser(const Box& page_box, Measure& measure) : page_(page_box), measure_(measure) {
    Counts counts{};
    find_counts(page_box, counts);
    std::size_t most = 12;
    do {
      for (std::size_t i = 0; i < counts.size(); ++i)
        choices_.at(i) = choices(std::max<std::size_t>(counts.at(i), 1), most);
    } while (combinations() > most_combinations && --most > 1);
  }

  Columns choose() {
    try_all(0);
    return best_;
  }

 private:
  static constexpr std::size_t most_combinations = 3000;

  [[nodiscard]] std::size_t combinations() const {
    std::size_t product = 1;
    for (const auto& one : choices_)
      product *= one.size();
    return product;
  }

  void try_all(std::size_t level) {
    if (level == choices_.size()) {
      measure_.use(columns_);
      const double now = cost(measure_.measured(page_));
      if (now >= least_) return;
      least_ = now;
      best_ = columns_;
      return;
    }
    for (const int columns : choices_.at(level)) {
      columns_.at(level) = columns;
      try_all(level + 1);
    }
  }

  const Box& page_;
  Measure& measure_;
  std::array<std::vector<int>, level_count + 1> choices_;
  Columns columns_{};
  Columns best_{};
  double least_ = std::numeric_limits<double>::infinity();
};

// --- where

class Placer {
 public:
  Placer(Measure& measure, const Scale& scale) : measure_(measure), scale_(scale) {}

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
    const Size one = measure_.largest(run);
    const int columns = measure_.columns(around, run.size());
    const int gap = measure_.gap(run.front());
    const int needed = columns * (one.width + gap) - gap;
    // Columns fill the width, unless that would make the boxes look like something else.
    const int width = inner.width <= needed * 8 / 5 ? inner.width : needed;
    for (std::size_t i = 0; i < run.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int row = static_cast<int>(i) / columns;
      const int left = start(column, columns, width, gap);
      const int right = start(column + 1, columns, width, gap) - gap;
      place(run[i], {inner.x + left, inner.y + row * (one.height + gap), right - left, one.height});
    }
  }

  void place_cells(Box& box, const Rect& inner) {
    const int columns = Measure::cell_columns(box);
    for (std::size_t i = 0; i < box.cells.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int row = static_cast<int>(i) / columns;
      const int left = start(column, columns, inner.width, scale_.cell_gap);
      const int right = start(column + 1, columns, inner.width, scale_.cell_gap) - scale_.cell_gap;
      box.cells[i].rect = {inner.x + left, inner.y + row * (scale_.cell_height + scale_.cell_gap),
                           right - left, scale_.cell_height};
    }
  }

  Measure& measure_;
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

Scale scale_for(const Machine& machine, bool with_tasks) {
  constexpr std::size_t few = 32;
  constexpr std::size_t some = 256;
  constexpr std::size_t many = 1024;
  const std::size_t cpus = machine.online().count();
  Scale scale{};
  if (cpus <= few) {
    scale = {.cell_width = 42,
             .cell_height = 30,
             .cell_gap = 4,
             .number_size = 13,
             .task_height = 10,
             .core_padding = 6,
             .core_gap = 8,
             .padding = 10,
             .gap = 12,
             .title_height = 22,
             .title_size = 12,
             .names_cores = true,
             .titled_at = 0};
  } else if (cpus <= some) {
    scale = {.cell_width = 28,
             .cell_height = 22,
             .cell_gap = 2,
             .number_size = 11,
             .task_height = 7,
             .core_padding = 3,
             .core_gap = 5,
             .padding = 8,
             .gap = 10,
             .title_height = 20,
             .title_size = 11.5,
             .names_cores = false,
             .titled_at = 0};
  } else if (cpus <= many) {
    scale = {.cell_width = 22,
             .cell_height = 16,
             .cell_gap = 1,
             .number_size = 9,
             .task_height = 5,
             .core_padding = 2,
             .core_gap = 4,
             .padding = 6,
             .gap = 8,
             .title_height = 17,
             .title_size = 10.5,
             .names_cores = false,
             .titled_at = 0};
  } else {
    scale = {.cell_width = 8,
             .cell_height = 8,
             .cell_gap = 1,
             .number_size = 0,
             .task_height = 8,
             .core_padding = 0,
             .core_gap = 3,
             .padding = 5,
             .gap = 6,
             .title_height = 16,
             .title_size = 10.5,
             .names_cores = false,
             .titled_at = 64};
  }
  if (!with_tasks) {
    scale.task_height = 0;
  } else if (scale.number_size > 0) {
    scale.cell_height += scale.task_height;
  }
  if (scale.number_size > 0) {
    const std::string widest = std::to_string(machine.online().last()->value());
    const double number = drawn_width(std::string(widest.size(), '0'), {.size = scale.number_size});
    scale.cell_width = std::max(scale.cell_width, static_cast<int>(std::ceil(number)) + 4);
  }
  return scale;
}

Box lay_out_boxes(const Machine& machine, const MachineTree& tree, const Scale& scale) {
  Box page_box = Builder(machine, tree, scale).page_box();
  Measure measure(machine, scale);
  measure.use(Chooser(page_box, measure).choose());
  const Size size = measure.measured(page_box).size;
  Placer(measure, scale).place(page_box, {0, 0, size.width, size.height});
  add_offline(page_box, machine.present() - machine.online(), scale);
  return page_box;
}

bool has_frame(const Box& core, const Scale& scale) {
  return scale.core_padding > 0 && (core.slots > 1 || !core.titles.empty());
}

TitleText title_text(const Machine& machine, ObjectName object) {
  return {object_name(object.level, object.index, object.index),
          object_detail(machine, object.level, object.index, object.index)};
}

TextStyle name_style(const Scale& scale) { return {.size = scale.title_size, .bold = true}; }

TextStyle detail_style(const Scale& scale) { return {.size = scale.title_size}; }

}  // namespace pinfold::tool

#include "topo/box_painter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "topo/colours.h"
#include "topo/names.h"
#include "topo/text.h"

namespace pinfold::tool {
namespace {

std::string rect_path(const Rect& rect) {
  return 'M' + std::to_string(rect.x) + ' ' + std::to_string(rect.y) + 'h' +
         std::to_string(rect.width) + 'v' + std::to_string(rect.height) + 'h' +
         std::to_string(-rect.width) + 'z';
}

// Where letters of this size stand when they are in the middle of `rect`.
double base_line(const Rect& rect, double size) {
  constexpr double capital = 0.72;
  return rect.y + (rect.height + size * capital) / 2;
}

class Painter {
 public:
  Painter(Svg& svg, const Pictured& pictured)
      : svg_(svg), pictured_(pictured), scale_(pictured.scale) {}

  void paint(const Box& page) {
    find_lists(page);
    for (const Box& box : page.boxes)
      box.offline ? paint_offline(box) : paint_box(box);
    // Those without numbers, of which there are thousands.
    for (const auto* paths : {&cells_, &bars_, &hatches_}) {
      for (const auto& [fill, path] : *paths)
        svg_.path(path, {.fill = fill});
    }
  }

 private:
  using Paths = std::map<std::string, std::string>;

  void paint_box(const Box& box) {
    if (box.is_core()) return paint_core(box);
    svg_.begin_group(box_title(box));
    svg_.rect(box.rect, box_colours(box.objects.front().level).frame);
    paint_titles(box);
    for (const Box& inner : box.boxes)
      paint_box(inner);
    svg_.end_group();
  }

  void paint_core(const Box& core) {
    if (has_frame(core, scale_)) svg_.rect(core.rect, box_colours(Level::core).frame);
    paint_titles(core);
    for (const CpuCell& cell : core.cells) {
      if (scale_.number_size > 0) {
        paint_cell(core, cell);
      } else {
        add_cell(cell);
      }
    }
  }

  // "l3:0 32 MiB, CPUs 0-15"
  [[nodiscard]] std::string box_title(const Box& box) const {
    std::string title;
    for (const ObjectName object : box.objects) {
      const auto [name, detail] = title_text(pictured_.machine, object);
      title += (title.empty() ? "" : ", ") + name + (detail.empty() ? "" : ' ' + detail);
    }
    return title + (box.cpus.empty() ? "" : ", CPUs " + short_list(box.cpus));
  }

  // Lists of CPUs stand in all boxes of a level or in none.
  void find_lists(const Box& box) {
    if (!box.titles.empty() && !box.is_core()) {
      const TitleBar& title = box.titles.front();
      bool& fits = has_lists_.try_emplace(title.object.level, true).first->second;
      constexpr int least_gap = 14;
      const double list = drawn_width(list_of(box), detail_style(scale_));
      fits = fits && title_right(title) + least_gap + list + title_margin <= title.rect.right();
    }
    for (const Box& inner : box.boxes)
      find_lists(inner);
  }

  static std::string list_of(const Box& box) { return short_list(box.cpus); }

  static int left_of(const TitleBar& title) {
    const bool bare = box_colours(title.object.level).bar.empty();
    return title.rect.x + (bare ? 1 : title_margin);
  }

  [[nodiscard]] double title_right(const TitleBar& title) const {
    const auto [name, detail] = title_text(pictured_.machine, title.object);
    return left_of(title) + drawn_width(name + ' ', name_style(scale_)) +
           drawn_width(detail, detail_style(scale_));
  }

  void paint_titles(const Box& box) {
    for (const TitleBar& title : box.titles) {
      const BoxColours& colours = box_colours(title.object.level);
      if (!colours.bar.empty()) svg_.rect(title.rect, {.fill = colours.bar, .radius = 4});
      paint_title(title, colours);
      const bool first = &title == &box.titles.front() && !box.is_core();
      if (first && has_lists_.at(title.object.level)) paint_list(title.rect, box);
    }
  }

  void paint_title(const TitleBar& title, const BoxColours& colours) {
    const auto [name, detail] = title_text(pictured_.machine, title.object);
    TextStyle style = name_style(scale_);
    style.fill = colours.text;
    const double y = base_line(title.rect, style.size);
    const double x = left_of(title);
    svg_.text(x, y, name, style);
    const double behind = x + drawn_width(name + ' ', style);
    style.bold = false;
    svg_.text(behind, y, detail, style);
  }

  void paint_list(const Rect& rect, const Box& box) {
    TextStyle style = detail_style(scale_);
    style.fill = faint_ink;
    style.anchor = Anchor::end;
    svg_.text(rect.right() - title_margin, base_line(rect, style.size), list_of(box), style);
  }

  void paint_offline(const Box& box) {
    svg_.rect(box.rect, {.fill = paper, .stroke = line, .dashes = "4 3", .radius = 6});
    TextStyle style = name_style(scale_);
    style.fill = faint_ink;
    const Rect first{box.rect.x, box.cells.front().rect.y, 0, scale_.cell_height};
    svg_.text(scale_.padding + 1, base_line(first, style.size), offline_title, style);
    for (const CpuCell& cell : box.cells) {
      svg_.begin_group("CPU " + std::to_string(cell.cpu.value()) + ", offline");
      svg_.rect(cell.rect, {.fill = hatch('-'), .stroke = line, .radius = 2});
      if (scale_.number_size > 0) paint_number(cell.rect, cell.cpu, paper);
      svg_.end_group();
    }
  }

  [[nodiscard]] std::string fill_of(CpuId cpu) const {
    if (!pictured_.machine.allowed().contains(cpu)) return std::string(forbidden_fill);
    const auto kinds = pictured_.machine.kinds();
    std::size_t kind = 0;
    while (kind + 1 < kinds.size() && !kinds[kind].cpus.contains(cpu))
      ++kind;
    return kind_colour(kind, kinds.size());
  }

  [[nodiscard]] std::vector<const Mark*> marks_of(CpuId cpu) const {
    std::vector<const Mark*> marks;
    for (const Mark& mark : pictured_.cpus.marks()) {
      if (mark.cpus.contains(cpu)) marks.push_back(&mark);
    }
    return marks;
  }

  // "CPU 12, core:6, isolated, nginx (1234), 8 threads"
  [[nodiscard]] std::string cell_title(const Box& core, CpuId cpu) const {
    std::string title = "CPU " + std::to_string(cpu.value());
    for (const ObjectName object : core.objects)
      title += ", " + object_name(object.level, object.index, object.index);
    for (const Mark* mark : marks_of(cpu))
      title += std::string(", ") + mark->name;
    for (const ColouredTasks* tasks : tasks_on(cpu))
      title += "; " + tasks_name(*tasks) + ", " + count_text(tasks->threads, "thread", "threads");
    return title;
  }

  void paint_cell(const Box& core, const CpuCell& cell) {
    constexpr int radius = 2;
    const std::string fill = fill_of(cell.cpu);
    svg_.begin_group(cell_title(core, cell.cpu));
    svg_.rect(cell.rect, {.fill = fill, .radius = radius});
    Rect rest = cell.rect;
    rest.height -= scale_.task_height;
    const auto marks = marks_of(cell.cpu);
    for (const Mark* mark : marks)
      svg_.rect(rest, {.fill = hatch(mark->sign), .radius = radius});
    paint_number(rest, cell.cpu, marks.empty() ? "" : fill);
    if (scale_.task_height > 0) {
      const int inset = scale_.task_height > 6 ? 3 : 1;
      const Rect bar{rest.x + inset, rest.bottom() - (inset > 1 ? 1 : 0), rest.width - 2 * inset,
                     scale_.task_height - inset + 1};
      svg_.rect(bar, {.fill = free_fill});
      for (const auto& [rect, colour] : bars(bar, cell.cpu))
        svg_.rect(rect, {.fill = colour});
    }
    svg_.end_group();
  }

  // On a plate, where there is a hatch.
  void paint_number(const Rect& rect, CpuId cpu, std::string_view plate) {
    const TextStyle style{.size = scale_.number_size, .fill = number_ink, .anchor = Anchor::middle};
    const std::string text = std::to_string(cpu.value());
    if (!plate.empty()) {
      const int width =
          std::min(static_cast<int>(std::ceil(drawn_width(text, style))) + 4, rect.width);
      const int height = std::min(static_cast<int>(std::ceil(style.size)) + 1, rect.height);
      svg_.rect(
          {rect.x + (rect.width - width) / 2, rect.y + (rect.height - height) / 2, width, height},
          {.fill = plate, .radius = 2});
    }
    svg_.text(rect.x + rect.width / 2.0, base_line(rect, style.size), text, style);
  }

  void add_cell(const CpuCell& cell) {
    cells_[fill_of(cell.cpu)] += rect_path(cell.rect);
    for (const Mark* mark : marks_of(cell.cpu))
      hatches_[std::string(hatch(mark->sign))] += rect_path(cell.rect);
    if (scale_.task_height == 0) return;
    for (const auto& [rect, colour] : bars(cell.rect, cell.cpu))
      bars_[std::string(colour)] += rect_path(rect);
  }

  [[nodiscard]] std::vector<const ColouredTasks*> tasks_on(CpuId cpu) const {
    std::vector<const ColouredTasks*> on;
    if (!pictured_.tasks) return on;
    for (const ColouredTasks& tasks : *pictured_.tasks) {
      if (tasks.cpus.contains(cpu)) on.push_back(&tasks);
    }
    return on;
  }

  struct Bar {
    Rect rect;
    std::string_view colour;
  };

  // Side by side; those that find no room, and those without a colour, share the last.
  [[nodiscard]] std::vector<Bar> bars(const Rect& rect, CpuId cpu) const {
    constexpr int narrowest = 4;
    std::vector<std::string_view> colours;
    const auto most = static_cast<std::size_t>(std::max(1, rect.width / narrowest));
    bool others = false;
    for (const ColouredTasks* tasks : tasks_on(cpu)) {
      others = others || tasks->colour.empty() || colours.size() == most;
      if (!tasks->colour.empty() && colours.size() < most) colours.push_back(tasks->colour);
    }
    if (others && colours.size() == most) colours.pop_back();
    if (others) colours.push_back(other_tasks_colour);
    std::vector<Bar> all;
    const auto count = static_cast<int>(colours.size());
    for (int i = 0; i < count; ++i) {
      const int left = i * rect.width / count;
      const int right = (i + 1) * rect.width / count;
      all.push_back({{rect.x + left, rect.y, right - left, rect.height},
                     colours[static_cast<std::size_t>(i)]});
    }
    return all;
  }

  Svg& svg_;
  const Pictured& pictured_;
  const Scale& scale_;
  Paths cells_;
  Paths hatches_;
  Paths bars_;
  std::map<Level, bool> has_lists_;
};

}  // namespace

void paint_boxes(Svg& svg, const Pictured& pictured, const Box& page) {
  Painter(svg, pictured).paint(page);
}

}  // namespace pinfold::tool

#include "topo/picture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "topo/box_painter.h"
#include "topo/boxes.h"
#include "topo/colours.h"
#include "topo/cpu_text.h"
#include "topo/notes.h"
#include "topo/notes_layout.h"
#include "topo/summary.h"
#include "topo/svg.h"
#include "topo/task_colours.h"
#include "topo/tree.h"

namespace pinfold::tool {
namespace {

constexpr int margin = 28;
constexpr int narrowest = 420;
constexpr int widest_heading = 640;  // that makes a picture wider
constexpr int heading_line = 22;
constexpr int heading_base = 16;
constexpr int section_gap = 20;
constexpr TextStyle heading_style{.size = 15, .bold = true, .fill = ink};

std::vector<std::string> wrapped(const std::vector<std::string>& words, int width) {
  std::vector<std::string> lines(1);
  for (const std::string& word : words) {
    if (!lines.back().empty() && drawn_width(lines.back() + word, heading_style) > width)
      lines.emplace_back();
    lines.back() += word;
  }
  return lines;
}

// For those who cannot see it: what the colours and hatches say.
std::string description(const std::vector<NoteBlock>& blocks) {
  std::string text = "Boxes within boxes show what lies within what; each cell is a CPU.";
  for (const NoteBlock& block : blocks) {
    for (const Note& note : block.notes) {
      text += ' ' + note.name;
      for (const std::string& part : {note.list, note.text})
        text += part.empty() ? "" : ' ' + part;
      text += '.';
    }
  }
  return text;
}

std::string draw_picture(const Machine& machine, const std::vector<ColouredTasks>* tasks) {
  const MachineTree tree = tree_of(machine);
  const CpuText cpus(machine);
  const Scale scale = scale_for(machine, tasks && !tasks->empty());
  const Pictured pictured{
      .machine = machine, .tree = tree, .cpus = cpus, .scale = scale, .tasks = tasks};
  const auto words = summary_words(machine, tree);
  const std::string title = std::accumulate(words.begin(), words.end(), std::string());
  const int whole = static_cast<int>(std::ceil(drawn_width(title, heading_style)));
  const Box page =
      lay_out_boxes(machine, tree, scale, std::clamp(whole, narrowest, widest_heading));
  const int width = page.rect.width;
  const auto heading = wrapped(words, width);
  const std::vector<NoteBlock> blocks = notes_on(pictured);
  const NotesLayout notes(blocks, width);

  const int boxes_top = margin + static_cast<int>(heading.size()) * heading_line + section_gap / 2;
  const int notes_top = boxes_top + page.rect.height + section_gap;
  const int notes_height = notes.height() > 0 ? section_gap + notes.height() : 0;
  const int height = boxes_top + page.rect.height + notes_height + margin;
  const Svg::Size size{width + 2 * margin, height};

  Svg svg(size, title, description(blocks));
  svg.definitions(hatch_definitions());
  svg.rect({0, 0, size.width, size.height}, {.fill = paper});
  for (std::size_t i = 0; i < heading.size(); ++i)
    svg.text(margin, margin + heading_base + static_cast<int>(i) * heading_line, heading[i],
             heading_style);
  svg.begin_group(margin, boxes_top);
  paint_boxes(svg, pictured, page);
  svg.end_group();
  notes.draw(svg, margin, notes_top);
  return svg.str();
}

}  // namespace

std::string picture(const Machine& machine) { return draw_picture(machine, nullptr); }

std::string picture(const Machine& machine, std::span<const Pinned> tasks) {
  const std::vector<ColouredTasks> coloured = colour_tasks(tasks);
  return draw_picture(machine, &coloured);
}

}  // namespace pinfold::tool

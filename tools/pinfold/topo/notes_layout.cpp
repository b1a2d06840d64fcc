#include "topo/notes_layout.h"

#include <algorithm>
#include <cmath>

#include "base/terminal_text.h"
#include "topo/colours.h"
#include "topo/text.h"

namespace pinfold::tool {
namespace {

constexpr int heading_height = 24;
constexpr int line_height = 20;
constexpr int base_line = 14;  // of a line, from its top
constexpr int block_gap = 56;
constexpr int row_gap = 18;
constexpr int column_gap = 16;
constexpr int widest_text = 420;
constexpr int narrowest_text = 90;
constexpr int widest_name = 260;
constexpr Rect swatch{.x = 0, .y = 3, .width = 26, .height = 14};
constexpr int swatch_room = 36;
constexpr int matrix_column = 38;

constexpr TextStyle heading_style{.size = 12.5, .bold = true, .fill = ink};
constexpr TextStyle label_style{.size = 12, .fill = ink};
constexpr TextStyle text_style{.size = 12, .fill = faint_ink};

int drawn(std::string_view text, const TextStyle& style) {
  return static_cast<int>(std::ceil(drawn_width(text, style)));
}

// Of a path the end says more than the beginning.
std::string end_of(std::string text, int width) {
  if (drawn(text, text_style) <= width) return text;
  while (!text.empty() && drawn("…" + text, text_style) > width)
    text.erase(0, first_character(text).size());
  return "…" + text;
}

// Of a name the beginning does.
std::string start_of(const std::string& text, int width) {
  if (drawn(text, label_style) <= width) return text;
  std::string start;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view next = first_character(rest);
    if (drawn(start + std::string(next) + "…", label_style) > width) break;
    start += next;
    rest.remove_prefix(next.size());
  }
  return start + "…";
}

std::vector<std::string> lines_of(const Note& note, int width) {
  std::vector<std::string> lines(1);
  for (const std::string& word : words_of_list(note.list)) {
    if (!lines.back().empty() && drawn(lines.back() + word, text_style) > width)
      lines.emplace_back();
    lines.back() += word;
  }
  if (note.text.empty()) return lines;
  const std::string text = end_of(safe_text(note.text), width);
  const std::string before = lines.back().empty() ? "" : lines.back() + " · ";
  if (drawn(before + text, text_style) <= width) {
    lines.back() = before + text;
  } else {
    lines.push_back(text);
  }
  return lines;
}

void draw_swatch(Svg& svg, const Swatch& sample, int left, int top) {
  const Rect rect{left + swatch.x, top + swatch.y, swatch.width, swatch.height};
  svg.rect(rect, {.fill = sample.fill, .radius = 2});
  if (!sample.hatch.empty()) svg.rect(rect, {.fill = sample.hatch, .radius = 2});
  svg.rect(rect, {.stroke = sample.stroke.empty() ? line : sample.stroke,
                  .dashes = sample.dashes,
                  .radius = 2});
}

}  // namespace

NotesLayout::NotesLayout(std::vector<NoteBlock> blocks, int width) {
  for (NoteBlock& block : blocks)
    blocks_.push_back({.block = std::move(block)});
  for (Placed& placed : blocks_) {
    placed.rect.width = drawn(placed.block.heading, heading_style);
    if (placed.block.matrix.empty()) {
      measure_notes(placed, width);
    } else {
      measure_matrix(placed);
    }
  }
  place(width);
}

void NotesLayout::measure_notes(Placed& placed, int width) {
  int names = 0;
  int texts = 0;
  for (Note& note : placed.block.notes) {
    const bool alone = note.list.empty() && note.text.empty();
    if (note.swatch) placed.name_left = swatch_room;
    note.name = start_of(safe_text(note.name), alone ? width - swatch_room : widest_name);
    if (alone) continue;
    names = std::max(names, drawn(note.name, label_style));
    texts = std::max(texts, drawn(note.list + " · " + safe_text(note.text), text_style));
  }
  placed.text_left = placed.name_left + names + column_gap;
  texts = std::min(texts, std::clamp(width - placed.text_left, narrowest_text, widest_text));
  for (const Note& note : placed.block.notes) {
    const Note* first = &note;
    for (std::string& text : lines_of(note, texts)) {
      placed.lines.push_back({first, std::move(text)});
      first = nullptr;
    }
    const int name = placed.name_left + drawn(note.name, label_style);
    placed.rect.width = std::max(placed.rect.width, name);
  }
  if (texts > 0) placed.rect.width = std::max(placed.rect.width, placed.text_left + texts);
  placed.rect.height = heading_height + static_cast<int>(placed.lines.size()) * line_height;
}

void NotesLayout::measure_matrix(Placed& placed) {
  const auto& matrix = placed.block.matrix;
  placed.text_left = drawn(matrix.back().front(), label_style);
  const int columns = static_cast<int>(matrix.size()) - 1;
  placed.rect.width = std::max(placed.rect.width, placed.text_left + columns * matrix_column);
  placed.rect.height = heading_height + static_cast<int>(matrix.size()) * line_height;
}

void NotesLayout::place(int width) {
  int left = 0;
  int top = 0;
  for (Placed& placed : blocks_) {
    if (left > 0 && left + placed.rect.width > width) {
      left = 0;
      top = height_ + row_gap;
    }
    placed.rect.x = left;
    placed.rect.y = top;
    left += placed.rect.width + block_gap;
    height_ = std::max(height_, placed.rect.bottom());
  }
}

void NotesLayout::draw(Svg& svg, int left, int top) const {
  for (const Placed& placed : blocks_) {
    const int x = left + placed.rect.x;
    int y = top + placed.rect.y;
    svg.text(x, y + base_line, placed.block.heading, heading_style);
    y += heading_height;
    for (const Line& one : placed.lines) {
      if (one.note && one.note->swatch) draw_swatch(svg, *one.note->swatch, x, y);
      if (one.note) svg.text(x + placed.name_left, y + base_line, one.note->name, label_style);
      svg.text(x + placed.text_left, y + base_line, one.text, text_style);
      y += line_height;
    }
    for (const auto& row : placed.block.matrix) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        const bool heading = i == 0 || &row == &placed.block.matrix.front();
        TextStyle style = heading ? label_style : text_style;
        style.anchor = Anchor::end;
        const int right = placed.text_left + static_cast<int>(i) * matrix_column;
        svg.text(x + right, y + base_line, row[i], style);
      }
      y += line_height;
    }
  }
}

}  // namespace pinfold::tool

// Where the notes of a picture stand.
#pragma once

#include <string>
#include <vector>

#include "topo/notes.h"
#include "topo/svg.h"

namespace pinfold::tool {

/// Blocks beside each other where there is room, else below.
class NotesLayout {
 public:
  /// No block is wider than `width`.
  NotesLayout(std::vector<NoteBlock> blocks, int width);
  NotesLayout(const NotesLayout&) = delete;  // lines point to notes
  NotesLayout& operator=(const NotesLayout&) = delete;
  ~NotesLayout() = default;

  [[nodiscard]] int height() const { return height_; }
  void draw(Svg& svg, int left, int top) const;

 private:
  struct Line {
    const Note* note;  // null where a line goes on
    std::string text;
  };
  struct Placed {
    NoteBlock block;
    Rect rect = {};
    int name_left = 0;
    int text_left = 0;
    std::vector<Line> lines = {};
  };

  static void measure_notes(Placed& placed, int width);
  static void measure_matrix(Placed& placed);
  void place(int width);

  std::vector<Placed> blocks_;
  int height_ = 0;
};

}  // namespace pinfold::tool

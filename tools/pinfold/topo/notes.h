// What stands below the boxes of a picture: colours and hatches that occur, tasks, distances.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/machine.h>

#include "topo/boxes.h"
#include "topo/cpu_text.h"
#include "topo/svg.h"
#include "topo/task_colours.h"
#include "topo/tree.h"

namespace pinfold::tool {

/// A sample of what means something in the picture.
struct Swatch {
  std::string fill = {};
  std::string_view hatch = {};
  std::string_view stroke = {};  ///< empty: a faint one
  std::string_view dashes = {};
};

struct Note {
  std::optional<Swatch> swatch = {};
  std::string name;
  std::string list = {};  ///< of CPUs; may be broken behind a comma
  std::string text = {};
};

/// Notes under one heading, or a matrix.
struct NoteBlock {
  std::string heading;
  std::vector<Note> notes = {};
  std::vector<std::vector<std::string>> matrix = {};  ///< its first row and column are headings
};

struct Pictured {
  const Machine& machine;
  const MachineTree& tree;
  const CpuText& cpus;
  const Scale& scale;
  const std::vector<ColouredTasks>* tasks;  ///< null where they are not wanted
};

/// Only what there is something to say about.
std::vector<NoteBlock> notes_on(const Pictured& pictured);

}  // namespace pinfold::tool

// A machine as boxes within boxes, laid out on a page.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "topo/svg.h"
#include "topo/tree.h"

namespace pinfold::tool {

/// How large everything is, in pixels.
struct Scale {
  int cell_width;  ///< of a CPU
  int cell_height;
  int cell_gap;           ///< between CPUs of a core
  double number_size;     ///< of a CPU's number; 0 where there is none
  int task_height;        ///< of the bar in a cell that shows tasks; 0 where there is none
  int core_padding;       ///< around the CPUs of a core
  int core_gap;           ///< between cores
  int padding;            ///< within other boxes
  int gap;                ///< between them
  int title_height;       ///< of a line that names an object
  double title_size;      ///< of its text
  bool names_cores;       ///< whether cores, too, have such lines
  std::size_t titled_at;  ///< how many CPUs an object has at least that is named
};

/// For so many CPUs: up to some hundred each has its number.
Scale scale_for(const Machine& machine, bool with_tasks);

/// A line at the top of a box that names an object.
struct TitleBar {
  ObjectName object;
  Rect rect = {};
};

struct CpuCell {
  CpuId cpu;
  Rect rect = {};
};

/// Objects that have the same CPUs, or one core; it has boxes in it, or cells, or nothing.
struct Box {
  Rect rect = {};
  std::vector<ObjectName> objects = {};  ///< from the largest to the smallest
  CpuSet cpus = {};
  std::optional<std::size_t> kind = {};
  std::vector<TitleBar> titles = {};
  std::vector<Box> boxes = {};
  std::vector<CpuCell> cells = {};
  std::size_t slots = 0;  ///< of a core: for so many cells there is room
  unsigned shape = 0;     ///< the same number: the same size

  bool offline = false;  ///< what is in it is not online, and stands nowhere

  [[nodiscard]] bool is_core() const { return !cells.empty() && !offline; }
};

/// All boxes, at 0,0 in one that has no objects. Each online CPU is in one cell; so is each that is
/// offline, unless these are very many.
Box lay_out_boxes(const Machine& machine, const MachineTree& tree, const Scale& scale);

/// Whether a core is more than its only CPU.
bool has_frame(const Box& core, const Scale& scale);

/// What a title bar says: the name, and behind it the size and the like.
struct TitleText {
  std::string name;
  std::string detail;
};
TitleText title_text(const Machine& machine, ObjectName object);

/// How the two are written in it.
TextStyle name_style(const Scale& scale);
TextStyle detail_style(const Scale& scale);

inline constexpr std::string_view offline_title = "offline";

/// Between a bar's ends and its text.
inline constexpr int title_margin = 6;

}  // namespace pinfold::tool

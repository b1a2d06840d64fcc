// A machine as boxes within boxes, laid out on a page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/machine.h>

#include "topo/scale.h"
#include "topo/svg.h"
#include "topo/tree.h"

namespace pinfold::tool {

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
/// offline, unless these are very many. The page is at least `width` wide: other things stand on
/// it.
Box lay_out_boxes(const Machine& machine, const MachineTree& tree, const Scale& scale, int width);

/// Whether a core is more than its only CPU.
bool has_frame(const Box& core, const Scale& scale);

/// What a title bar says: the name, and behind it the size and the like.
struct TitleText {
  std::string name;
  std::string detail;
};
TitleText title_text(const Machine& machine, ObjectName object);

inline constexpr std::string_view offline_title = "offline";

}  // namespace pinfold::tool

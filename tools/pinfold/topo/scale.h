// How large the things of a picture are.
#pragma once

#include <cstddef>

#include <pinfold/machine.h>

#include "topo/svg.h"

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

/// How the name of an object is written, and what stands behind it.
TextStyle name_style(const Scale& scale);
TextStyle detail_style(const Scale& scale);

/// Between a bar's ends and its text.
inline constexpr int title_margin = 6;

}  // namespace pinfold::tool

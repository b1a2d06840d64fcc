#include "topo/scale.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace pinfold::tool {

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

TextStyle name_style(const Scale& scale) { return {.size = scale.title_size, .bold = true}; }

TextStyle detail_style(const Scale& scale) { return {.size = scale.title_size}; }

}  // namespace pinfold::tool

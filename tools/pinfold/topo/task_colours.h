// Which colours tasks have in a picture.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topo/pinned.h"

namespace pinfold::tool {

/// One process; or, where there are more processes than colours, all that have one name.
struct ColouredTasks {
  std::string name;  ///< as it stands: not safe to print
  std::vector<Pid> pids = {};
  std::size_t threads = 0;
  CpuSet cpus = {};              ///< of all of them
  std::string_view colour = {};  ///< empty where there are more of them than colours
};

/// Those with the most threads first, and so with a colour.
std::vector<ColouredTasks> colour_tasks(std::span<const Pinned> tasks);

/// Of all that have no colour of their own.
inline constexpr std::string_view other_tasks_colour = "#7b8794";

/// "nginx (1234)", "nginx, 16 processes"; safe, and not too long for a name.
std::string tasks_name(const ColouredTasks& tasks);

}  // namespace pinfold::tool

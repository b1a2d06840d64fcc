// Lists in one column.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>

#include "events/event.h"

namespace pinfold::history {

/// Ancestors and frames, as items that end with a NUL, which no name has in it.
std::string pack(const std::vector<trace::Ancestor>& parents);
std::string pack(const std::vector<trace::Frame>& callers);
std::vector<trace::Ancestor> unpack_parents(std::string_view packed);
std::vector<trace::Frame> unpack_callers(std::string_view packed);

/// A CPU list, which may be empty.
CpuSet unpack_cpus(std::string_view list);

}  // namespace pinfold::history

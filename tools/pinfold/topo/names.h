// Objects by the names that they have in a place, with their sizes.
#pragma once

#include <span>

#include <pinfold/machine.h>

#include "topo/text.h"
#include "topo/tree.h"

namespace pinfold::tool {

/// "l3:0 32 MiB", "l3:1-7 32 MiB each", "package:0  node:0 62.7 GiB": what is named in each of
/// `branches`, neighbours of one shape.
Text title(const Machine& machine, std::span<const Branch> branches);

/// "l3:16-31  core:128-255": all that lies within `branches`, a range a level.
Text names_within(std::span<const Branch> branches);

/// What stands behind the name of these: "32 MiB", "32 MiB each", "(node8) 62.7 GiB", or nothing.
std::string object_detail(const Machine& machine, Level level, std::size_t first, std::size_t last);

/// "l3:0", "l3:0-7"
std::string object_name(Level level, std::size_t first, std::size_t last);

}  // namespace pinfold::tool

// Who is pinned, as a table.
#pragma once

#include <span>
#include <vector>

#include "topo/pinned.h"
#include "topo/text.h"

namespace pinfold::tool {

/// A line for each, at most a screen's worth, and then how many more there are.
std::vector<Text> pinned_table(std::span<const Pinned> tasks, const Look& look);

}  // namespace pinfold::tool

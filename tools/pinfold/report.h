// The results of set and reset, as text and as JSON (DESIGN.md, The command).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"

namespace pinfold::tool {

using Json = nlohmann::ordered_json;

/// {"kind","errno","message"}, or null.
Json error_json(const Error* error);

/// Every thread of every placement, with its name.
Json placements_json(Kernel& kernel, const std::vector<ProcessPlacement>& placements, bool done);

/// A line a target on stdout; who was not set, and who is not proved, on stderr.
void print_placement(const ProcessPlacement& placement, bool verbose);

}  // namespace pinfold::tool

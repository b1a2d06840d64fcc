// The results of set and reset, as text and as JSON (DESIGN.md, The command).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"

namespace pinfold::tool {

using Json = nlohmann::ordered_json;

/// "1 thread", "17 threads".
std::string threads_text(std::size_t count);

/// {"kind","errno","message"}, or null.
Json error_json(const Error* error);

/// Every thread of every placement, with its name.
Json placements_json(Kernel& kernel, const std::vector<ProcessPlacement>& placements, bool done);

/// A line a target on stdout.
void print_placement(const ProcessPlacement& placement, bool verbose);

/// Who was not set, and who is not proved, on stderr.
void print_problems(const ProcessPlacement& placement);

}  // namespace pinfold::tool

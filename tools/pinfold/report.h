// The results of set and reset, as text and as JSON (DESIGN.md, The command).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"

namespace pinfold::tool {

using Json = nlohmann::ordered_json;

/// "1 thread", "17 threads".
std::string threads_text(std::size_t count);

/// "1 process", "130 processes".
std::string processes_text(std::size_t count);

/// {"kind","errno","message"}, or null.
Json error_json(const Error* error);

/// A CPU list; "" where the task never asked; null where the kernel does not tell.
Json request_json(const std::optional<CpuSet>& request);

/// Every thread of every placement, with its name.
Json placements_json(Kernel& kernel, const std::vector<ProcessPlacement>& placements, bool done);

/// Says why nothing was done, in JSON too if that is wanted. Returns the exit code.
int refuse(Kernel& kernel, const Error& error, bool json);

/// A line on stdout for many processes: how many threads are where. `more`: others have had lines
/// of their own.
void print_summary(const std::vector<ProcessPlacement>& placements, bool more);

/// A line a target on stdout.
void print_placement(const ProcessPlacement& placement, bool verbose);

/// Who was not set, and who is not proved, on stderr. Each way out is said once: `told` has those
/// that were.
void print_problems(const ProcessPlacement& placement, std::set<std::string>& told);

}  // namespace pinfold::tool

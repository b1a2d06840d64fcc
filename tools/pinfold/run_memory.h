// run --mem: where the command's memory comes from.
#pragma once

#include <string>

#include <pinfold/placement.h>

#include "kernel/memory_policy.h"

namespace pinfold::tool {

/// Reads it and checks that the nodes can be used. What "all" leaves out, and what was clipped, is
/// said on stderr. `who` is the command, for messages.
Result<MemoryPolicy> find_memory(const std::string& text, Clip clip, const std::string& who);

}  // namespace pinfold::tool

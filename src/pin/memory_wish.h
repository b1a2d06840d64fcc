// Where memory shall come from, as text.
#pragma once

#include <optional>
#include <string_view>

#include <pinfold/result.h>

#include "kernel/memory_policy.h"

namespace pinfold {

struct MemoryWish {
  MemoryMode mode = MemoryMode::local;
  std::optional<NodeSet> nodes = {};  ///< nothing: all that may be used (local: of no meaning)
};

/// `local`, `interleave`, `interleave:NODES`, `bind:NODES`, `preferred:NODE`; NODES is a node list
/// or `all`. Errors are of kind `syntax` with the column.
Result<MemoryWish> parse_memory_wish(std::string_view text);

}  // namespace pinfold

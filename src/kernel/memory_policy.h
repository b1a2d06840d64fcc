// Where a thread's memory comes from.
#pragma once

#include "machine/node_set.h"

namespace pinfold {

enum class MemoryMode {
  standard,    ///< no policy of its own: the system's
  local,       ///< the node whose CPU it runs on
  preferred,   ///< one node; another where that has none left
  bind,        ///< these nodes and no others
  interleave,  ///< these nodes by turns, page by page
  other,       ///< one that came with a later kernel: never set, only found
};

/// set_mempolicy(2). What a thread allocates from then on comes from there, and its children and
/// what it becomes by exec inherit it.
struct MemoryPolicy {
  MemoryMode mode = MemoryMode::standard;
  NodeSet nodes = {};  ///< of preferred, bind and interleave

  friend bool operator==(const MemoryPolicy&, const MemoryPolicy&) = default;
};

}  // namespace pinfold

// Where a thread's memory comes from: check, set, read back, and say why not.
#pragma once

#include <string>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"
#include "pin/memory_wish.h"

namespace pinfold {

/// Why the memory of nodes of `asked` cannot be used: an error for each reason that holds, of the
/// kinds `no_such_node`, `no_memory`, `cpuset_nodes`, in this order; each node stands in one.
std::vector<Error> unusable_nodes(const NodeSet& asked, const MemoryLimits& limits,
                                  const std::string& task);

struct MemoryChoice {
  MemoryPolicy policy;
  std::vector<Error> dropped = {};  ///< what Clip::yes left out, and why
  std::string note = {};            ///< where "all" is less than all
};

/// What the calling thread must ask for. Nothing is changed. Errors: the first of unusable_nodes();
/// `unsupported` where the kernel has no memory policies, `filtered` where it may not be asked.
Result<MemoryChoice> choose_memory(Kernel& kernel, const MemoryWish& wish, Clip clip,
                                   const std::string& task);

/// Sets the calling thread's policy and reads it back. What is less than asked is an error.
Result<void> set_and_read_back(Kernel& kernel, const MemoryPolicy& policy, const std::string& task);

/// For people, after "memory": "bound to node 1", "interleaved over nodes 0-1".
std::string describe(const MemoryPolicy& policy);

}  // namespace pinfold

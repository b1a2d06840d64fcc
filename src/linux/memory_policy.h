// set_mempolicy(2) and get_mempolicy(2), for which the C library has no function.
#pragma once

#include <pinfold/result.h>

#include "kernel/memory_policy.h"

namespace pinfold {

/// Of the calling thread. Errors are of kind `system`, with the call's name.
Result<void> set_memory_policy(const MemoryPolicy& policy);
Result<MemoryPolicy> get_memory_policy();

/// The number of a mode in linux/mempolicy.h, and back: `nodes` are those of the policy.
int number_of(MemoryMode mode);
MemoryMode memory_mode(int number, const NodeSet& nodes);

}  // namespace pinfold

// Calls about the memory of nodes, of which the machine under us may have fewer.
#pragma once

#include <linux/types.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "model/abi.h"

namespace pinfold::sim {

struct MemoryWish {
  int mode;
  std::uint64_t mask;        ///< an address of the program
  std::uint64_t most_nodes;  ///< bits of the mask, and one
};

// Each answers as the system call does for the session's caller, whose number is `tid`.

/// set_mempolicy(2): kept by the model. Where memory really comes from does not change.
long set_memory_policy(const model::Session& session, pid_t tid, const MemoryWish& wish);

/// mbind(2): nothing is bound; nodes that the program may not use are refused.
long bind_memory(const model::Session& session, pid_t tid, const MemoryWish& wish);

/// get_mempolicy(2). Nothing for what it says of addresses: that is asked of the system under us.
std::optional<long> get_memory_policy(const model::Session& session, pid_t tid,
                                      const __u64 (&arguments)[6]);

}  // namespace pinfold::sim

// The numbers of system calls that are answered for a program, by its ABI.
#pragma once

#include <linux/audit.h>

#include <cstdint>
#include <span>

namespace pinfold::sim {

/// What a program asks for.
enum class CallKind : std::uint8_t {
  set_affinity,
  get_affinity,
  get_cpu,
  open,
  open_at,
  open_at2,
  set_scheduler_attributes,  ///< sched_setattr(2)
  set_memory_policy,
  get_memory_policy,
  bind_memory,
  trace,
  set_up_io_uring,
  register_rseq,
};

struct CallNumber {
  CallKind kind;
  int number;
};

/// One way into the kernel (AUDIT_ARCH_… of linux/audit.h) and its numbers.
struct CallTable {
  std::uint32_t architecture;
  bool words_of_32_bits;  ///< masks, pointers and everything of type long
  std::span<const CallNumber> calls;
};

/// Those of the machine that this was built for: its own, and its 32-bit programs'.
std::span<const CallTable> call_tables();

}  // namespace pinfold::sim

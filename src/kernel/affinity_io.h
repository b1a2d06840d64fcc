// CpuSets through an Abi, at whatever size of mask its kernel has.
#pragma once

#include <atomic>

#include <pinfold/cpu_set.h>

#include "kernel/abi.h"

namespace pinfold {

/// The kernel's mask may be larger than glibc's cpu_set_t (128 bytes), and a call with a
/// shorter buffer fails with EINVAL (sched_setaffinity(2), "Handling systems with large CPU
/// affinity masks"). The size that works is found at the first call and remembered.
/// Safe to use from several threads.
class AffinityIo {
 public:
  explicit AffinityIo(Abi& abi) : abi_(abi) {}

  /// What sched_getaffinity(2) answers: allowed ∩ active. Errors are of kind `system`.
  Result<CpuSet> get(Tid tid);

  /// Errors are of kind `system`. CPUs beyond the kernel's mask are ignored by the kernel.
  Result<void> set(Tid tid, const CpuSet& cpus);

 private:
  Abi& abi_;
  std::atomic<std::size_t> bytes_ = CpuSet::inline_cpus / 8;
};

}  // namespace pinfold

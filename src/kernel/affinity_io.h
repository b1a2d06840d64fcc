// CpuSets through an Abi, at whatever size of mask its kernel has.
#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <span>

#include <pinfold/cpu_set.h>

#include "kernel/abi.h"

namespace pinfold {

/// The kernel's mask may be larger than glibc's cpu_set_t (128 bytes), and a call with a
/// shorter buffer fails with EINVAL (sched_setaffinity(2), "Handling systems with large CPU
/// affinity masks"). The size that works is found at the first call and remembered.
/// Safe to use from several threads. What happens each time is inline: after a system call every
/// return from a function costs as much as twenty instructions.
class AffinityIo {
 public:
  explicit AffinityIo(Abi& abi) : abi_(abi) {}

  /// What sched_getaffinity(2) answers: allowed ∩ active. Errors are of kind `system`.
  Result<CpuSet> get(Tid tid) {
    std::array<CpuSet::Word, CpuSet::inline_cpus / CpuSet::word_bits> words;
    const std::size_t bytes = bytes_.load(std::memory_order_relaxed);
    if (bytes <= sizeof words) {
      const long result = call_get(tid, words);
      if (result >= 0) return CpuSet::from_words(std::span(words).first(words_in(result)));
      if (result != -EINVAL) return failed("sched_getaffinity", result);
    }
    return get_large(tid);
  }

  /// Errors are of kind `system`. CPUs beyond the kernel's mask are ignored by the kernel.
  Result<void> set(Tid tid, const CpuSet& cpus) {
    static constexpr CpuSet::Word none = 0;
    const auto words = cpus.empty() ? std::span(&none, 1) : cpus.words();
    // The kernel only reads the mask, but its prototype has no const.
    auto* address = const_cast<CpuSet::Word*>(words.data());
    const long result =
        abi_.set_affinity(tid.value(), words.size_bytes(),
                          {.address = address, .readable = words.size_bytes(), .writable = 0});
    if (result < 0) return failed("sched_setaffinity", result);
    return {};
  }

 private:
  long call_get(Tid tid, std::span<CpuSet::Word> words) {
    return abi_.get_affinity(
        tid.value(), words.size_bytes(),
        {.address = words.data(), .readable = words.size_bytes(), .writable = words.size_bytes()});
  }
  static std::size_t words_in(long bytes) {
    return static_cast<std::size_t>(bytes) / sizeof(CpuSet::Word);
  }
  Result<CpuSet> get_large(Tid tid);
  static std::unexpected<Error> failed(const char* call, long result);

  Abi& abi_;
  std::atomic<std::size_t> bytes_ = CpuSet::inline_cpus / 8;
};

}  // namespace pinfold

#include "kernel/affinity_io.h"

#include <algorithm>
#include <vector>

namespace pinfold {
namespace {

constexpr std::size_t largest_mask = std::size_t{1} << 20;  // bytes: 8 million CPUs

}  // namespace

std::unexpected<Error> AffinityIo::failed(const char* call, long result) {
  return fail({.kind = ErrorKind::system, .number = static_cast<int>(-result), .text = call});
}

// For kernels whose mask is longer than a CpuSet is inline: with the length that worked before,
// or twice that and so on.
Result<CpuSet> AffinityIo::get_large(Tid tid) {
  constexpr std::size_t first = std::size_t{CpuSet::inline_cpus} / 8 * 2;
  for (std::size_t bytes = std::max(first, bytes_.load(std::memory_order_relaxed));; bytes *= 2) {
    std::vector<CpuSet::Word> words(bytes / sizeof(CpuSet::Word));
    const long result = call_get(tid, words);
    if (result >= 0) {
      bytes_.store(bytes, std::memory_order_relaxed);
      return CpuSet::from_words(std::span(words).first(words_in(result)));
    }
    // The length is a multiple of a word, so EINVAL can only mean: too short.
    if (result != -EINVAL || bytes >= largest_mask) return failed("sched_getaffinity", result);
  }
}

}  // namespace pinfold

#include "kernel/affinity_io.h"

#include <cerrno>
#include <vector>

namespace pinfold {
namespace {

constexpr std::size_t largest_mask = std::size_t{1} << 20;  // bytes: 8 million CPUs

std::unexpected<Error> failed(const char* call, long result) {
  return fail({.kind = ErrorKind::system, .number = static_cast<int>(-result), .text = call});
}

}  // namespace

Result<CpuSet> AffinityIo::get(Tid tid) {
  using Word = CpuSet::Word;
  constexpr std::size_t inline_words = CpuSet::inline_cpus / CpuSet::word_bits;
  Word fixed[inline_words];  // NOLINT(*-member-init): the call fills what is used
  std::vector<Word> large;
  for (std::size_t bytes = bytes_.load(std::memory_order_relaxed);; bytes *= 2) {
    Word* words = fixed;
    if (bytes > sizeof fixed) {
      large.resize(bytes / sizeof(Word));
      words = large.data();
    }
    const long result = abi_.get_affinity(tid.value(), bytes,
                                          {.address = words, .readable = bytes, .writable = bytes});
    if (result >= 0) {
      if (bytes > bytes_.load(std::memory_order_relaxed)) bytes_.store(bytes);
      return CpuSet::from_words({words, static_cast<std::size_t>(result) / sizeof(Word)});
    }
    // The length is a multiple of a word, so EINVAL can only mean: too short.
    if (result != -EINVAL || bytes >= largest_mask) return failed("sched_getaffinity", result);
  }
}

Result<void> AffinityIo::set(Tid tid, const CpuSet& cpus) {
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

}  // namespace pinfold

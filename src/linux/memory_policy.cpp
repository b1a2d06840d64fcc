#include "linux/memory_policy.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace pinfold {
namespace {

constexpr int mode_flags = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | MPOL_F_NUMA_BALANCING;

}  // namespace

int number_of(MemoryMode mode) {
  switch (mode) {
    case MemoryMode::local:
      return MPOL_LOCAL;
    case MemoryMode::preferred:
      return MPOL_PREFERRED;
    case MemoryMode::bind:
      return MPOL_BIND;
    case MemoryMode::interleave:
      return MPOL_INTERLEAVE;
    case MemoryMode::standard:
    case MemoryMode::other:
      break;
  }
  return MPOL_DEFAULT;
}

MemoryMode memory_mode(int number, const NodeSet& nodes) {
  switch (number & ~mode_flags) {
    case MPOL_DEFAULT:
      return MemoryMode::standard;
    case MPOL_LOCAL:
      return MemoryMode::local;
    case MPOL_PREFERRED:
      // Up to Linux 5.13 this is how local reads.
      return nodes.empty() ? MemoryMode::local : MemoryMode::preferred;
    case MPOL_BIND:
      return MemoryMode::bind;
    case MPOL_INTERLEAVE:
      return MemoryMode::interleave;
    default:
      return MemoryMode::other;
  }
}

Result<void> set_memory_policy(const MemoryPolicy& policy) {
  const auto words = policy.nodes.words();
  // The kernel takes one bit less than it is told (get_nodes() in mm/mempolicy.c).
  const unsigned long bits = words.empty() ? 0 : words.size() * NodeSet::word_bits + 1;
  const auto* const mask = words.empty() ? nullptr : words.data();
  if (::syscall(SYS_set_mempolicy, number_of(policy.mode), mask, bits) != 0) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = "set_mempolicy"});
  }
  return {};
}

Result<MemoryPolicy> get_memory_policy() {
  // EINVAL is a mask shorter than the highest node number there can be. No kernel has more than
  // 1,024 of them, and none writes more than a page.
  constexpr unsigned long most_bits = 4096UL * 8;
  for (unsigned long bits = 1024;; bits *= 2) {
    std::vector<NodeSet::Word> mask(bits / NodeSet::word_bits);
    int number = MPOL_DEFAULT;
    if (::syscall(SYS_get_mempolicy, &number, mask.data(), bits, nullptr, 0UL) == 0) {
      NodeSet nodes = NodeSet::from_words(mask);
      const MemoryMode mode = memory_mode(number, nodes);
      return MemoryPolicy{.mode = mode, .nodes = std::move(nodes)};
    }
    if (errno != EINVAL || bits == most_bits) {
      return fail({.kind = ErrorKind::system, .number = errno, .text = "get_mempolicy"});
    }
  }
}

}  // namespace pinfold

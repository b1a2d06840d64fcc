#include "sim/memory_calls.h"

#include <linux/mempolicy.h>

#include <algorithm>
#include <cerrno>
#include <expected>
#include <span>
#include <vector>

#include "linux/memory_policy.h"
#include "model/kernel.h"
#include "sim/guest_memory.h"

namespace pinfold::sim {
namespace {

constexpr std::uint64_t most_bits = 4096UL * 8;  // a page of them

// get_nodes() of mm/mempolicy.c.
int read_nodes(pid_t tid, const MemoryWish& wish, NodeSet& nodes) {
  nodes = {};
  if (wish.mask == 0 || wish.most_nodes <= 1) return 0;
  const std::uint64_t bits = wish.most_nodes - 1;
  if (bits > most_bits) return -EINVAL;
  std::vector<NodeSet::Word> words((bits + NodeSet::word_bits - 1) / NodeSet::word_bits);
  const auto bytes = std::as_writable_bytes(std::span(words));
  if (read_memory(tid, wish.mask, bytes) != bytes.size()) return -EFAULT;
  if (const auto rest = bits % NodeSet::word_bits; rest != 0) {
    words.back() &= (NodeSet::Word{1} << rest) - 1;
  }
  nodes = NodeSet::from_words(words);
  return 0;
}

// The highest number that a node has, and one.
std::size_t node_ids(const model::System& system) {
  const auto words = system.nodes().words();
  const CpuSet numbers = CpuSet::from_words(words);
  return numbers.empty() ? 1 : numbers.last()->value() + 1;
}

// copy_nodes_to_user()
int write_nodes(pid_t tid, std::uint64_t mask, std::uint64_t most_nodes, std::size_t ids,
                const NodeSet& nodes) {
  if (most_nodes < ids) return -EINVAL;
  const std::uint64_t bits = most_nodes - 1;
  if (bits > most_bits) return -EINVAL;
  std::vector<NodeSet::Word> words((bits + NodeSet::word_bits - 1) / NodeSet::word_bits);
  std::ranges::copy_n(nodes.words().begin(),
                      static_cast<std::ptrdiff_t>(std::min(words.size(), nodes.words().size())),
                      words.begin());
  const auto bytes = std::as_bytes(std::span(words));
  return write_memory(tid, mask, bytes) == bytes.size() ? 0 : -EFAULT;
}

}  // namespace

long set_memory_policy(const model::Session& session, pid_t tid, const MemoryWish& wish) {
  NodeSet nodes;
  if (const int wrong = read_nodes(tid, wish, nodes); wrong != 0) return wrong;
  const MemoryMode mode = memory_mode(wish.mode, nodes);
  const bool with_others = mode == MemoryMode::other && nodes.empty();
  if (with_others) return -EINVAL;
  model::ModelKernel kernel(session);
  const auto set = kernel.set_memory_policy({.mode = mode, .nodes = std::move(nodes)});
  return set ? 0 : -set.error().number;
}

long bind_memory(const model::Session& session, pid_t tid, const MemoryWish& wish) {
  NodeSet nodes;
  if (const int wrong = read_nodes(tid, wish, nodes); wrong != 0) return wrong;
  const MemoryMode mode = memory_mode(wish.mode, nodes);
  const bool wants_none = mode == MemoryMode::standard || mode == MemoryMode::local;
  if (wants_none) return nodes.empty() ? 0 : -EINVAL;
  return (nodes & session.system.mems_allowed(*session.caller)).empty() ? -EINVAL : 0;
}

std::optional<long> get_memory_policy(const model::Session& session, pid_t tid,
                                      const __u64 (&arguments)[6]) {
  const auto [mode_at, mask_at, most_nodes, address, flags, unused] = arguments;
  const model::System& system = session.system;
  const std::size_t ids = node_ids(system);
  if (flags == MPOL_F_MEMS_ALLOWED) {
    if (mode_at != 0 && !write_value(tid, mode_at, 0)) return -EFAULT;
    if (mask_at == 0) return 0;
    return write_nodes(tid, mask_at, most_nodes, ids, system.mems_allowed(*session.caller));
  }
  if (flags != 0) return std::nullopt;
  if (address != 0) return -EINVAL;
  if (mask_at != 0 && most_nodes < ids) return -EINVAL;
  const auto& own = session.caller->memory_policy;
  const MemoryPolicy policy = own ? *own : MemoryPolicy();
  if (mode_at != 0 && !write_value(tid, mode_at, number_of(policy.mode))) return -EFAULT;
  if (mask_at == 0) return 0;
  return write_nodes(tid, mask_at, most_nodes, ids, policy.nodes);
}

}  // namespace pinfold::sim

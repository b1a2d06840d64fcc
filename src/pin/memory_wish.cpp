#include "pin/memory_wish.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/closest.h"

namespace pinfold {
namespace {

struct Policy {
  std::string_view name;
  MemoryMode mode;
};

constexpr std::array policies = {
    Policy{"local", MemoryMode::local}, Policy{"interleave", MemoryMode::interleave},
    Policy{"bind", MemoryMode::bind}, Policy{"preferred", MemoryMode::preferred}};

std::unexpected<Error> bad(std::string_view text, std::string reason, std::size_t column) {
  return fail({.kind = ErrorKind::syntax,
               .text = std::string(text),
               .reason = std::move(reason),
               .column = column});
}

std::unexpected<Error> unknown(std::string_view text, std::string_view word) {
  if (word.empty()) {
    return bad(text, "a memory policy is missing: local, interleave, bind:NODES, preferred:NODE",
               0);
  }
  constexpr std::array<std::string_view, policies.size()> names = {
      policies[0].name, policies[1].name, policies[2].name, policies[3].name};
  std::string near = did_you_mean(word, names);
  if (near.empty()) near = ": there are local, interleave, bind:NODES, preferred:NODE";
  return bad(text, "unknown memory policy" + near, 0);
}

}  // namespace

Result<MemoryWish> parse_memory_wish(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view word = text.substr(0, colon);
  const auto* const policy = std::ranges::find(policies, word, &Policy::name);
  if (policy == policies.end()) return unknown(text, word);

  MemoryWish wish{.mode = policy->mode};
  if (colon == text.size()) {
    if (wish.mode == MemoryMode::bind) return bad(text, "nodes are missing: bind:0-1", colon);
    if (wish.mode == MemoryMode::preferred)
      return bad(text, "a node is missing: preferred:0", colon);
    return wish;
  }
  if (wish.mode == MemoryMode::local) {
    return bad(text, "local takes no nodes: they are those on which the threads run", colon);
  }
  const std::size_t start = colon + 1;
  const std::string_view list = text.substr(start);
  if (list != "all") {
    auto nodes = parse_node_list(list);
    if (!nodes) return bad(text, nodes.error().reason, start + nodes.error().column);
    wish.nodes = std::move(*nodes);
  }
  if (wish.mode == MemoryMode::preferred && (!wish.nodes || wish.nodes->count() > 1)) {
    return bad(text, "preferred takes one node: bind and interleave take several", start);
  }
  return wish;
}

}  // namespace pinfold

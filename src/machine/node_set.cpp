#include "machine/node_set.h"

#include <charconv>

#include "base/try.h"

namespace pinfold {
namespace {

// Reads from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : text_(text), at_(text.data()), end_(text.data() + text.size()) {}

  Result<void> item(NodeSet& nodes) {
    TRY(const unsigned first, number());
    if (at_item_end()) {
      nodes.add_range(first, first);
      return {};
    }
    if (!take('-')) return wrong("expected '-' or ',' after a node number", at_);
    const char* const second = at_;
    TRY(const unsigned last, number());
    if (last < first) return wrong("the range runs backwards", second);
    if (!at_item_end()) return wrong("expected ',' after a range", at_);
    nodes.add_range(first, last);
    return {};
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

 private:
  Result<unsigned> number() {
    unsigned value = 0;
    const auto [end, status] = std::from_chars(at_, end_, value);
    if (status == std::errc::invalid_argument) {
      return wrong(at_item_end() ? "a node number is missing" : "not a node number", at_);
    }
    if (status != std::errc() || value > highest_node_in_text) {
      return wrong("the node number is too large", at_);
    }
    at_ = end;
    return value;
  }

  [[nodiscard]] bool at_item_end() const { return at_ == end_ || *at_ == ','; }

  [[nodiscard]] std::unexpected<Error> wrong(const char* reason, const char* where) const {
    return fail({.kind = ErrorKind::syntax,
                 .text = std::string(text_),
                 .reason = reason,
                 .column = static_cast<std::size_t>(where - text_.data())});
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
};

}  // namespace

NodeSet::NodeSet(std::initializer_list<unsigned> nodes) {
  for (const unsigned node : nodes)
    bits_.add(CpuId(node));
}

NodeSet NodeSet::from_words(std::span<const Word> words) {
  return NodeSet(CpuSet::from_words(words));
}

Result<NodeSet> parse_node_list(std::string_view text) {
  NodeSet nodes;
  Reader reader(text);
  do {
    CHECK_OK(reader.item(nodes));
  } while (reader.take(','));
  return nodes;
}

std::string to_node_list(const NodeSet& nodes) {
  return to_cpu_list(CpuSet::from_words(nodes.words()));  // the kernel writes both in one way
}

}  // namespace pinfold

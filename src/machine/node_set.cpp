#include "machine/node_set.h"

#include <charconv>
#include <system_error>

namespace pinfold {
namespace {

// Reads from left to right. What is wrong is kept as a reason and a column: an Error passed up from
// every number would be ten times the code.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : start_(text.data()), at_(start_), end_(start_ + text.size()) {}

  bool item(NodeSet& nodes) {
    unsigned first = 0;
    if (!number(first)) return false;
    unsigned last = first;
    if (!at_item_end()) {
      if (!take('-')) return wrong("expected '-' or ',' after a node number", at_);
      const char* const second = at_;
      if (!number(last)) return false;
      if (last < first) return wrong("the range runs backwards", second);
      if (!at_item_end()) return wrong("expected ',' after a range", at_);
    }
    nodes.add_range(first, last);
    return true;
  }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // Why one of these was false.
  [[nodiscard]] const char* reason() const { return reason_; }
  [[nodiscard]] std::size_t column() const { return static_cast<std::size_t>(wrong_at_ - start_); }

 private:
  bool number(unsigned& value) {
    const auto [end, status] = std::from_chars(at_, end_, value);
    if (status == std::errc::invalid_argument) {
      return wrong(at_item_end() ? "a node number is missing" : "not a node number", at_);
    }
    if (status != std::errc() || value > highest_node_in_text) {
      return wrong("the node number is too large", at_);
    }
    at_ = end;
    return true;
  }

  [[nodiscard]] bool at_item_end() const { return at_ == end_ || *at_ == ','; }

  bool wrong(const char* reason, const char* where) {
    reason_ = reason;
    wrong_at_ = where;
    return false;
  }

  const char* start_;
  const char* at_;
  const char* end_;
  const char* reason_ = nullptr;
  const char* wrong_at_ = nullptr;
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
    if (!reader.item(nodes)) {
      return fail({.kind = ErrorKind::syntax,
                   .text = std::string(text),
                   .reason = reader.reason(),
                   .column = reader.column()});
    }
  } while (reader.take(','));
  return nodes;
}

std::string to_node_list(const NodeSet& nodes) {
  return to_cpu_list(CpuSet::from_words(nodes.words()));  // the kernel writes both in one way
}

}  // namespace pinfold

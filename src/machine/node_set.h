// Sets of NUMA nodes.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <pinfold/cpu_list.h>
#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

namespace pinfold {

/// NUMA nodes by the kernel's numbers: "node1" of /sys/devices/system/node is 1. The bits are kept
/// as those of CPUs are; the type keeps the two apart.
class NodeSet {
 public:
  using Word = CpuSet::Word;
  static constexpr unsigned word_bits = CpuSet::word_bits;

  NodeSet() = default;
  NodeSet(std::initializer_list<unsigned> nodes);
  /// A mask as the kernel gives it.
  static NodeSet from_words(std::span<const Word> words);

  /// Adds first … last.
  void add_range(unsigned first, unsigned last) { bits_.add_range(CpuId(first), CpuId(last)); }

  [[nodiscard]] bool empty() const { return bits_.empty(); }
  [[nodiscard]] std::size_t count() const { return bits_.count(); }
  [[nodiscard]] bool contains(const NodeSet& subset) const { return bits_.contains(subset.bits_); }
  /// The mask as set_mempolicy(2) takes it.
  [[nodiscard]] std::span<const Word> words() const { return bits_.words(); }

  friend NodeSet operator&(const NodeSet& a, const NodeSet& b) {
    return NodeSet(a.bits_ & b.bits_);
  }
  friend NodeSet operator-(const NodeSet& a, const NodeSet& b) {
    return NodeSet(a.bits_ - b.bits_);
  }
  friend bool operator==(const NodeSet& a, const NodeSet& b) = default;

 private:
  explicit NodeSet(CpuSet bits) : bits_(std::move(bits)) {}

  CpuSet bits_;
};

/// The highest node number that text may name: a typing error must not cost a gigabyte.
inline constexpr unsigned highest_node_in_text = highest_cpu_in_text.value();

/// `0`, `0-1,3`. Empty text, empty items, reversed ranges, numbers too large and anything left
/// over are errors of kind `syntax` with the column.
Result<NodeSet> parse_node_list(std::string_view text);

/// The shortest list of ranges, `0-1,3`; an empty set is empty text.
std::string to_node_list(const NodeSet& nodes);

}  // namespace pinfold

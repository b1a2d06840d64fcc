// What a machine is made of, as a reader found it out; a Machine puts it in order.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <pinfold/machine.h>

#include "machine/limits.h"
#include "machine/parts.h"
#include "machine/root.h"

namespace pinfold {

template <class T>
class PerLevel {
 public:
  T& operator[](Level level) { return values_[static_cast<std::size_t>(level)]; }
  const T& operator[](Level level) const { return values_[static_cast<std::size_t>(level)]; }
  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }
  [[nodiscard]] auto begin() const { return values_.begin(); }
  [[nodiscard]] auto end() const { return values_.end(); }

 private:
  std::array<T, level_count> values_{};
};

struct MachineFacts {
  Limits limits;
  MachineParts parts = MachineParts::all();  ///< what of it was read
  /// In any order; CPUs that are offline may be among them. Objects of one level do not overlap.
  /// An online CPU that stands in no core is one of its own; no node at all is one node of all.
  PerLevel<std::vector<Object>> objects;
  /// What has no name here and yet stands around others, so that they stay together in logical
  /// order: books and drawers of s390x, `group` of a description. Each kind by itself.
  std::vector<std::vector<Object>> groups;
  /// Slowest first. None: all CPUs are of one kind.
  std::vector<CpuKind> kinds;
  /// A row and a column for each NUMA node, by ascending id; empty where not known.
  std::vector<std::vector<unsigned>> distances;
  /// Where devices are looked up; null for a description.
  std::shared_ptr<const Root> root;

  // What Machine makes of it.
  CpuSet allowed;
  std::vector<CpuId> order;                ///< online CPUs in logical order
  std::vector<std::size_t> distance_rows;  ///< of each node, in logical order
};

}  // namespace pinfold

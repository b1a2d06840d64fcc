// A machine as a tree: what lies within what.
#pragma once

#include <optional>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold::tool {

struct ObjectName {
  Level level;
  std::size_t index;  ///< in logical order
};

/// Objects that have the same CPUs, and what lies within them.
struct Branch {
  std::vector<ObjectName> objects;  ///< from the largest to the smallest level; not empty
  const CpuSet* cpus = nullptr;
  std::vector<Branch> children;  ///< in logical order
  /// What a machine of several kinds of CPUs has here, where that is one kind.
  std::optional<std::size_t> kind;
  /// The same number: built alike (levels, sizes of caches, kinds, and all that lies within), but
  /// for the amount of memory.
  unsigned shape = 0;

  [[nodiscard]] bool is_core() const;
  /// Whether nothing but cores lies within, all of one shape.
  [[nodiscard]] bool is_row_of_cores() const;
};

struct MachineTree {
  std::vector<Branch> branches;
  /// Objects that lie across others.
  std::vector<Branch> crossing;
  /// NUMA nodes that have memory only.
  std::vector<ObjectName> without_cpus;
  /// Levels of which each core of several has one for itself, of one size. They are not in the
  /// tree.
  std::vector<Level> own;
};

/// Dies and clusters are there only where no other object has the same CPUs; L1 is not. What
/// `machine` owns must live as long as the tree.
MachineTree tree_of(const Machine& machine);

const Object& object_of(const Machine& machine, ObjectName name);

}  // namespace pinfold::tool

// Masks that tasks share: a million tasks with the same mask have it once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <utility>

#include <pinfold/cpu_set.h>

namespace pinfold {

class MaskPool;

/// A set of CPUs that does not change, or none at all. Of one pool, equal sets are the same object:
/// comparing costs one instruction. Must not outlive its pool.
class Mask {
 public:
  Mask() noexcept = default;
  Mask(const Mask& other) noexcept : node_(other.node_) {
    if (node_) ++node_->uses;
  }
  Mask(Mask&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Mask& operator=(Mask other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Mask() {
    if (node_) --node_->uses;
  }

  /// Whether there is a mask; an empty one is one.
  explicit operator bool() const noexcept { return node_ != nullptr; }
  const CpuSet& operator*() const noexcept { return node_->cpus; }
  const CpuSet* operator->() const noexcept { return &node_->cpus; }
  friend bool operator==(const Mask&, const Mask&) noexcept = default;

 private:
  friend class MaskPool;
  struct Node {
    CpuSet cpus;
    std::size_t hash;
    mutable std::uint32_t uses = 0;
  };
  explicit Mask(const Node* node) noexcept : node_(node) { ++node_->uses; }

  const Node* node_ = nullptr;
};

class MaskPool {
 public:
  MaskPool() = default;
  MaskPool(const MaskPool&) = delete;
  MaskPool& operator=(const MaskPool&) = delete;

  Mask get(const CpuSet& cpus);
  /// How many different masks there are, those that nobody has any more among them.
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

 private:
  using Node = Mask::Node;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Node& node) const noexcept { return node.hash; }
    std::size_t operator()(const CpuSet& cpus) const noexcept;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Node& a, const Node& b) const noexcept { return a.cpus == b.cpus; }
    bool operator()(const Node& a, const CpuSet& b) const noexcept { return a.cpus == b; }
    bool operator()(const CpuSet& a, const Node& b) const noexcept { return a == b.cpus; }
  };

  void sweep();

  std::unordered_set<Node, Hash, Equal> nodes_;  // a node stays where it is
  std::size_t sweep_at_ = 1024;
};

}  // namespace pinfold

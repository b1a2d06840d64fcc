#include "cpuset/mask.h"

#include <algorithm>

namespace pinfold {

std::size_t MaskPool::Hash::operator()(const CpuSet& cpus) const noexcept {
  std::uint64_t hash = cpus.words().size();
  for (const CpuSet::Word word : cpus.words()) {
    hash = (hash ^ word) * 0x9e37'79b9'7f4a'7c15U;
    hash ^= hash >> 29U;
  }
  return hash;
}

Mask MaskPool::get(const CpuSet& cpus) {
  const auto found = nodes_.find(cpus);
  if (found != nodes_.end()) return Mask(&*found);
  // Masks that nobody has any more stay for who asks for them again, but not without end.
  if (nodes_.size() >= sweep_at_) sweep();
  return Mask(&*nodes_.insert(Node{.cpus = cpus, .hash = Hash()(cpus)}).first);
}

void MaskPool::sweep() {
  std::erase_if(nodes_, [](const Node& node) { return node.uses == 0; });
  sweep_at_ = std::max<std::size_t>(1024, nodes_.size() * 2);
}

}  // namespace pinfold

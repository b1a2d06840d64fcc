#include "machine/membership.h"

namespace pinfold {

Membership::Membership(std::span<const Object> objects) : none_(objects.size()) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (const auto last = objects[i].cpus.last(); last && last->value() >= index_.size()) {
      index_.resize(last->value() + 1, none_);
    }
    for (const CpuId cpu : objects[i].cpus)
      index_[cpu.value()] = i;
  }
}

}  // namespace pinfold

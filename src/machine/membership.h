// Which object of a level a CPU stands in.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold {

class Membership {
 public:
  explicit Membership(std::span<const Object> objects);
  /// Its index; none() for a CPU that stands in no object.
  [[nodiscard]] std::size_t of(CpuId cpu) const {
    return cpu.value() < index_.size() ? index_[cpu.value()] : none_;
  }
  /// The number of objects.
  [[nodiscard]] std::size_t none() const { return none_; }

 private:
  std::size_t none_;
  std::vector<std::size_t> index_;
};

}  // namespace pinfold

// Which parts of a machine are wanted: what nobody asks for is not read.
#pragma once

#include <initializer_list>

#include <pinfold/machine.h>

namespace pinfold {

class MachineParts {
 public:
  constexpr MachineParts() = default;
  constexpr MachineParts(std::initializer_list<Level> levels) {
    for (const Level level : levels)
      add(level);
  }

  static constexpr MachineParts all() {
    MachineParts parts;
    parts.bits_ = ~0U;
    return parts;
  }

  /// The level, and those that decide in which order its objects stand: all that can be larger.
  constexpr MachineParts& add(Level level) {
    bits_ |= (2U << static_cast<unsigned>(level)) - 1;
    return *this;
  }
  /// The level alone, where the order of its objects does not matter.
  constexpr MachineParts& add_unordered(Level level) {
    bits_ |= 1U << static_cast<unsigned>(level);
    return *this;
  }
  /// The order of PUs.
  constexpr MachineParts& add_cpus() { return add(Level::core); }
  constexpr MachineParts& add_kinds() {
    bits_ |= kinds_bit;
    return *this;
  }

  [[nodiscard]] constexpr bool has(Level level) const {
    return (bits_ & (1U << static_cast<unsigned>(level))) != 0;
  }
  [[nodiscard]] constexpr bool has_kinds() const { return (bits_ & kinds_bit) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

  constexpr MachineParts& operator|=(MachineParts other) {
    bits_ |= other.bits_;
    return *this;
  }

 private:
  static constexpr unsigned kinds_bit = 1U << level_count;

  unsigned bits_ = 0;
};

}  // namespace pinfold

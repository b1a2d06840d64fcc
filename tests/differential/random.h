// Numbers that are the same for a seed on every machine.
#pragma once

#include <cstdint>
#include <span>

namespace pinfold::test {

/// SplitMix64, by S. Vigna.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
    return z ^ (z >> 31U);
  }
  /// 0 … end - 1.
  unsigned below(std::size_t end) { return static_cast<unsigned>(next() % end); }
  bool one_in(unsigned n) { return below(n) == 0; }
  template <class Range>
  const auto& of(const Range& range) {
    return *std::next(std::begin(range), below(std::size(range)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace pinfold::test

// How much of its CPU a thread gets.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace pinfold::test {

/// What came of reading the clock over and over, and doing nothing else. A gap is the time between
/// two readings where it is longer than a reading can take: somebody else had the CPU.
struct Gaps {
  std::uint64_t readings = 0;  ///< the throughput
  std::size_t count = 0;       ///< of gaps
  std::chrono::nanoseconds lost{};
  std::chrono::nanoseconds largest{};
  std::chrono::nanoseconds time{};  ///< of all

  /// How much of the time was the thread's own, 0 … 1.
  [[nodiscard]] double kept() const;
};

/// Of the calling thread, for so long, on CLOCK_MONOTONIC_RAW. What is not longer than `shortest`
/// is no gap.
Gaps measure_gaps(std::chrono::nanoseconds time,
                  std::chrono::nanoseconds shortest = std::chrono::microseconds(500));

}  // namespace pinfold::test

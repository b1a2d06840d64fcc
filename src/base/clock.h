// Time, so that tests can give their own.
#pragma once

#include <chrono>

namespace pinfold {

class Clock {
 public:
  using Duration = std::chrono::nanoseconds;
  using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;

  virtual ~Clock() = default;
  virtual Time now() = 0;
  virtual void sleep(Duration duration) = 0;

  /// CLOCK_MONOTONIC_COARSE: right to some milliseconds, and read in a few nanoseconds.
  static Clock& system();
};

}  // namespace pinfold

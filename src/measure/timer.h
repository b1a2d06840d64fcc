// Time as it is measured here: in nanoseconds.
#pragma once

#include <cstdint>
#include <ctime>

namespace pinfold::measure {

inline std::uint64_t read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  constexpr std::uint64_t second = 1'000'000'000;
  return static_cast<std::uint64_t>(time.tv_sec) * second +
         static_cast<std::uint64_t>(time.tv_nsec);
}

/// The same on all CPUs.
inline std::uint64_t real_ns() { return read_clock(CLOCK_MONOTONIC); }

/// What the calling thread has had of CPUs.
inline std::uint64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace pinfold::measure

#include "support/gaps.h"

#include <algorithm>
#include <ctime>

namespace pinfold::test {
namespace {

std::chrono::nanoseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

double Gaps::kept() const {
  return 1.0 - static_cast<double>(lost.count()) / static_cast<double>(time.count());
}

Gaps measure_gaps(std::chrono::nanoseconds time, std::chrono::nanoseconds shortest) {
  Gaps gaps;
  const auto start = now();
  auto last = start;
  while (last - start < time) {
    const auto reading = now();
    ++gaps.readings;
    if (reading - last > shortest) {
      ++gaps.count;
      gaps.lost += reading - last;
      gaps.largest = std::max(gaps.largest, reading - last);
    }
    last = reading;
  }
  gaps.time = last - start;
  return gaps;
}

}  // namespace pinfold::test

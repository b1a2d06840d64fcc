// What a thread that does nothing but read the clock sees: the times when its CPU was not its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pinfold::measure {

/// A gap is the time between two readings where it is longer than a threshold.
struct Gaps {
  /// Up to a microsecond, ten, … a tenth of a second, and beyond.
  static constexpr std::size_t decades = 7;

  std::uint64_t elapsed_ns = 0;
  std::uint64_t readings = 0;
  double clock_ns = 0;  ///< what a reading takes, where there is no gap
  std::uint64_t count = 0;
  double lost_ns = 0;  ///< in gaps, without the reading that each of them has
  std::uint64_t largest_ns = 0;
  bool largest_is_task = false;  ///< another task ran in it
  std::uint64_t task_count = 0;  ///< gaps in which another task ran
  std::uint64_t task_ns = 0;     ///< how long these were
  std::array<std::uint64_t, decades> by_decade{};

  /// 0 … 1
  [[nodiscard]] double lost() const { return share(lost_ns); }
  [[nodiscard]] double lost_to_tasks() const { return share(static_cast<double>(task_ns)); }

  void add(std::uint64_t gap_ns, bool is_task);
  /// After the last one: what depends on all of them.
  void finish(std::uint64_t elapsed, std::uint64_t in_gaps);

 private:
  [[nodiscard]] double share(double ns) const {
    return elapsed_ns == 0 ? 0 : ns / static_cast<double>(elapsed_ns);
  }
};

/// Where decade `i` begins, in nanoseconds; the first at 0.
std::uint64_t decade_begin(std::size_t i);

struct GapOptions {
  std::uint64_t duration_ns = 1'000'000'000;
  std::uint64_t threshold_ns = 1'000;
};

/// `now` is a clock in nanoseconds, `preempted` counts how often the thread had to leave its CPU:
/// it is asked after each gap, and the time that this takes is left out.
template <class Now, class Preempted>
Gaps watch_gaps(const Now& now, const Preempted& preempted, const GapOptions& options) {
  constexpr int before = 100;  // the first readings bring the clock's page
  for (int i = 0; i < before; ++i)
    now();
  Gaps gaps;
  auto switches = preempted();
  std::uint64_t in_gaps = 0;
  std::uint64_t aside = 0;
  const std::uint64_t start = now();
  std::uint64_t last = start;
  while (last - start - aside < options.duration_ns) {
    const std::uint64_t reading = now();
    ++gaps.readings;
    const std::uint64_t gap = reading - last;
    last = reading;
    if (gap <= options.threshold_ns) continue;
    const auto switches_now = preempted();
    gaps.add(gap, switches_now != switches);
    switches = switches_now;
    in_gaps += gap;
    last = now();
    aside += last - reading;
  }
  gaps.finish(last - start - aside, in_gaps);
  return gaps;
}

}  // namespace pinfold::measure

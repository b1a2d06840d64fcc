#include "measure.h"

#include <algorithm>
#include <random>
#include <vector>

namespace pinfold::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::duration<double, std::nano>;

std::optional<double> time_of(const Side& side, std::size_t times) {
  const auto start = Clock::now();
  if (!side(times)) return std::nullopt;
  return Nanoseconds(Clock::now() - start).count();
}

// One side's turn.
std::optional<double> turn(const Side& side, bool ours, std::size_t times, const Method& method) {
  if (method.prepare) (*method.prepare)(ours);
  return time_of(side, times);
}

// How often the work must be done for one side to take `round_time`.
std::expected<std::size_t, const char*> times_a_round(const Side& ours, const Side& theirs,
                                                      const Method& method) {
  if (method.round_time == method.round_time.zero()) return 1;
  for (std::size_t times = 1;; times *= 2) {
    const auto a = turn(ours, true, times, method);
    const auto b = turn(theirs, false, times, method);
    if (!a || !b) return std::unexpected(a ? "theirs" : "ours");
    if ((*a + *b) / 2 >= Nanoseconds(method.round_time).count()) return times;
  }
}

double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace

std::expected<Measured, const char*> measure(const Side& ours, const Side& theirs,
                                             const Method& method) {
  const auto times = times_a_round(ours, theirs, method);
  if (!times) return std::unexpected(times.error());
  std::mt19937 random(1);  // NOLINT(*-msc51-cpp): the same order in every run
  std::vector<double> our_times;
  std::vector<double> their_times;
  std::vector<double> ratios;
  for (unsigned round = 0; round < method.warm_up + method.rounds; ++round) {
    std::optional<double> a;
    std::optional<double> b;
    if (random() % 2 == 0) {
      a = turn(ours, true, *times, method);
      b = turn(theirs, false, *times, method);
    } else {
      b = turn(theirs, false, *times, method);
      a = turn(ours, true, *times, method);
    }
    if (!a || !b) return std::unexpected(a ? "theirs" : "ours");
    if (round < method.warm_up) continue;
    our_times.push_back(*a / static_cast<double>(*times));
    their_times.push_back(*b / static_cast<double>(*times));
    ratios.push_back(*a / *b);
  }
  return Measured{.ours = quantile(our_times, 0.5),
                  .theirs = quantile(their_times, 0.5),
                  .ratio = quantile(ratios, 0.5),
                  .quarter = quantile(ratios, 0.25),
                  .three_quarters = quantile(ratios, 0.75)};
}

std::optional<Measured> measure(const Side& ours, const Method& method) {
  const auto times = times_a_round(ours, ours, method);
  if (!times) return std::nullopt;
  std::vector<double> all;
  for (unsigned round = 0; round < method.warm_up + method.rounds; ++round) {
    const auto time = time_of(ours, *times);
    if (!time) return std::nullopt;
    if (round >= method.warm_up) all.push_back(*time / static_cast<double>(*times));
  }
  const double median = quantile(all, 0.5);
  return Measured{.ours = median,
                  .theirs = 0,
                  .ratio = median,
                  .quarter = quantile(all, 0.25),
                  .three_quarters = quantile(all, 0.75)};
}

}  // namespace pinfold::bench

// Two ways to do one thing, measured against each other in one run.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>

namespace pinfold::bench {

/// Does the work so many times; false when it failed.
using Side = std::function<bool(std::size_t times)>;

struct Method {
  unsigned rounds = 101;
  unsigned warm_up = 5;
  /// How long one side takes in a round, about; zero does the work once.
  std::chrono::nanoseconds round_time = std::chrono::milliseconds(1);
  /// Called before a side takes its turn, whose time does not count.
  const std::function<void(bool ours)>* prepare = nullptr;
};

struct Measured {
  double ours = 0;  ///< nanoseconds each time, the median of all rounds
  double theirs = 0;
  double ratio = 0;    ///< the median of each round's ours / theirs
  double quarter = 0;  ///< a quarter of the rounds had a lower ratio
  double three_quarters = 0;
};

/// In each round both sides run, in random order: what disturbs the machine for longer than a
/// round disturbs both, and the ratio stays. When a side fails: which, "ours" or "theirs".
std::expected<Measured, const char*> measure(const Side& ours, const Side& theirs,
                                             const Method& method);

/// Our side alone, where there is no peer: the ratio is nanoseconds each time, too. Nothing when it
/// fails.
std::optional<Measured> measure(const Side& ours, const Method& method);

/// The compiler must believe that `value` is read and changed here.
template <class T>
inline void touch(T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

}  // namespace pinfold::bench

// A line of processes, each started by the one before, which then ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold::test {

/// Runs until it is destroyed. There is one runner at nearly every moment, and never a last one.
class Relay {
 public:
  /// Every runner is called `name` and sleeps for `pause` before it starts the next.
  Relay(const std::string& name, std::chrono::microseconds pause);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  /// The masks of those that run from now on, as they find them at their start: what `count` of
  /// them have in common, and what any has.
  struct Masks {
    CpuSet all_have;
    CpuSet any_has;
  };
  Masks masks_of_next(int count) const;

 private:
  struct Shared;
  [[noreturn]] static void supervise(const std::string& name, std::chrono::microseconds pause,
                                     Shared& shared);
  [[noreturn]] static void run(std::chrono::microseconds pause, Shared& shared);

  Shared* shared_ = nullptr;
  pid_t supervisor_ = -1;
};

}  // namespace pinfold::test

// A line of processes, each of which starts the next and ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

#include <pinfold/cpu_set.h>

namespace pinfold::test {

/// A line of runners, until it is destroyed: there is one at nearly every moment.
class Relay {
 public:
  /// Every runner is called `name`, sleeps for `pause`, starts the next and ends.
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
  static void note_mask(Shared& shared);

  Shared* shared_ = nullptr;
  pid_t supervisor_ = -1;
};

}  // namespace pinfold::test

// The calling thread on other CPUs, for the length of a scope.
#pragma once

#include <optional>

#include <pinfold/cpu_set.h>
#include <pinfold/placement.h>
#include <pinfold/result.h>

namespace pinfold {

/// Pins the calling thread when made and puts its mask back when destroyed, by the same thread.
/// A thread that had all that its cpuset allowed (as known at most a second before) gets all that
/// it allows then. If the mask could
/// not be set, or what it should put back is no longer allowed, the thread stays as it is.
class ScopedPin {
 public:
  explicit ScopedPin(const CpuSet& cpus, Clip clip = Clip::no);
  ScopedPin(const ScopedPin&) = delete;
  ScopedPin& operator=(const ScopedPin&) = delete;
  ~ScopedPin();

  /// What came of the pin; look at it, a constructor cannot return it.
  [[nodiscard]] const Result<Placement>& placement() const { return placement_; }

 private:
  std::optional<CpuSet> before_;
  Result<Placement> placement_;
};

}  // namespace pinfold

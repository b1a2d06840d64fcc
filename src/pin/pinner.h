// One thread, most often the calling one, and fast.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include <pinfold/placement.h>

#include "base/clock.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"

namespace pinfold {

/// Sets the mask and reads it back, with no check before: for a caller who ends anyway when it
/// fails (between fork and exec) and has nothing to lose by a mask half done.
Result<Placement> set_and_read_back(Kernel& kernel, Tid tid, const CpuSet& asked, Clip clip);

/// allowed and effective; the request is not known here.
Result<Affinity> read_affinity(Kernel& kernel, Tid tid);

/// Safe to use from several threads.
class Pinner {
 public:
  explicit Pinner(Kernel& kernel, Clock& clock = Clock::system());

  /// Sets one thread's mask and proves it. An error leaves the mask as it was, unless a cpuset
  /// became narrower or a CPU went offline just now: then `now` says what the thread has.
  Result<Placement> pin(Tid tid, const CpuSet& asked, Clip clip);

  /// What the calling thread must ask for to be as it was when it had `effective`.
  CpuSet mask_to_put_back(const CpuSet& effective);

  Kernel& kernel() { return kernel_; }

 private:
  struct OwnLimits {
    Limits limits;
    CpuSet usable;
    Clock::Time read_at;
  };
  struct ThreadsView;

  Result<Placement> pin_self(const CpuSet& asked, Clip clip);
  ThreadsView& view();
  const OwnLimits* own_limits();
  const OwnLimits* read_own_limits();

  Kernel& kernel_;
  Clock& clock_;
  const std::uint64_t id_;
  // The calling process's limits, at most a second old; each thread keeps a view of them, so
  // that looking costs nothing. Where they changed since, reading the mask back finds it.
  std::mutex mutex_;
  std::shared_ptr<const OwnLimits> latest_;
};

}  // namespace pinfold

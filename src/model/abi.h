// The two calls of a modelled system on bytes, as programs make them.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "kernel/abi.h"
#include "model/system.h"

namespace pinfold::model {

/// How a program lays out masks: words of 64 bits, or of 32 (compat_sys_sched_setaffinity()).
enum class Layout {
  native,
  words_of_32_bits,
};

/// Who makes the calls, and where. Whoever uses the system while others may make calls holds the
/// mutex.
struct Session {
  System& system;
  Task* caller;
  mutable std::mutex mutex = {};
  /// Called when a walk over a process's threads is halfway, for what others do in the meantime;
  /// the mutex is held.
  std::function<void()> on_listing = {};
};

/// A caller that sleeps wakes for the call and sleeps again. Safe to use from several threads.
class ModelAbi final : public Abi {
 public:
  /// `session` may change its caller between calls.
  explicit ModelAbi(const Session& session, Layout layout = Layout::native)
      : session_(session), layout_(layout) {}

  long set_affinity(long pid, unsigned long length, UserBuffer mask) override;
  long get_affinity(long pid, unsigned long length, UserBuffer mask) override;

 private:
  const Session& session_;
  Layout layout_;
  std::vector<CpuSet::Word> words_;  // of the call that is made: with the mutex
};

}  // namespace pinfold::model

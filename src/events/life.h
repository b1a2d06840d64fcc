// Threads as they come, run and go: what history and pictures need besides the changes.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "events/event.h"

namespace pinfold::trace {

/// A thread that is there, and what it is allowed: of the snapshot at the start for each, then for
/// each that is born.
struct Alive {
  Time time;
  TargetTask task;
  CpuSet allowed;
  bool born = false;  ///< it began at that time; else it was there before
};

/// A thread has ended.
struct Ended {
  Time time;
  Pid pid;
  Tid tid;
  std::uint64_t start_time = 0;  ///< as TargetTask's
};

/// A thread ran on a CPU, from and to. What is older than the first event is not told.
struct Ran {
  Time from;
  Time to;
  CpuId cpu;
  Pid pid;
  Tid tid;
};

/// In the order in which it became known: a Ran when it is over.
using Life = std::variant<Alive, Ended, Ran>;

/// Takes them as they come.
using LifeSink = std::function<void(const Life&)>;

}  // namespace pinfold::trace

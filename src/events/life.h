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
/// each that is born; once more when it has another name. Of the kernel's own threads only those
/// that can be set, once a snapshot has found them, and those that an event is about. The task's
/// cgroup is left open.
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

/// A thread ran on a CPU, from and to. What is older than the first event is not told. The last one
/// of a thread is over, and told, after its end. Of one CPU they do not overlap.
struct Ran {
  Time from;
  Time to;
  CpuId cpu;
  Pid pid;
  Tid tid;
};

/// There was no room for so many of them, which ended in that time on that CPU.
struct RunsLost {
  Time from;  ///< not before
  Time to;    ///< not after
  CpuId cpu;
  std::uint64_t count = 0;
};

/// In the order in which it became known: a Ran when it is over.
using Life = std::variant<Alive, Ended, Ran, RunsLost>;

/// Takes them as they come.
using LifeSink = std::function<void(const Life&)>;

}  // namespace pinfold::trace

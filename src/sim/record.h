// What programs in a simulated machine did with their affinity.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cpuset/mask.h"

namespace pinfold::sim {

struct Who {
  pid_t pid = 0;
  pid_t tid = 0;
  std::string name;  ///< comm, as it stands: not safe to print
};

/// One call of sched_setaffinity(2).
struct SetCall {
  std::chrono::nanoseconds when{};  ///< after the command began
  Who actor;
  Who target;  ///< tid 0: there was none
  CpuSet asked;
  CpuSet before;     ///< what the target was allowed
  CpuSet effective;  ///< where the target can run afterwards
  int error = 0;     ///< an errno, 0: done
};

/// A thread that ended with CPUs which its creator had not when it made it.
struct Widened {
  Who thread;
  Who parent;
  CpuSet began_with;
  CpuSet ended_with;
};

/// What was done, in order. The first `most` of each are kept, all are counted.
struct Record {
  static constexpr std::size_t most = 100'000;

  std::vector<SetCall> sets;
  std::vector<Widened> widened;
  std::uint64_t set_calls = 0;
  std::uint64_t refused = 0;
  std::uint64_t threads_widened = 0;
  std::uint64_t tasks = 0;  ///< that ever were
  std::uint64_t still_running = 0;
};

}  // namespace pinfold::sim

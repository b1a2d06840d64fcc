// The example of sched_setaffinity(2): a parent and a child, each on its CPU, with the same loop.
#pragma once

#include <cstdint>

#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "measure/sharing.h"

namespace pinfold::measure {

/// Of one process, in nanoseconds. It begins when both begin.
struct ProcessTimes {
  std::uint64_t real = 0;
  std::uint64_t cpu = 0;     ///< what it had of its CPU, exactly
  std::uint64_t user = 0;    ///< its parts, which most kernels estimate from clock ticks
  std::uint64_t system = 0;  ///< (getrusage(2))
};

struct PairTimes {
  ProcessTimes parent;
  ProcessTimes child;
};

class PairRunner {
 public:
  virtual ~PairRunner() = default;

  /// One run: both make so many system calls (getppid(2)), and begin together when each was seen on
  /// its CPU. An error where one was not, at the beginning or at the end.
  virtual Result<PairTimes> run(const CpuPair& pair, std::uint64_t calls) = 0;

  /// How many calls one process makes in so many nanoseconds on that CPU, when nobody disturbs it.
  virtual Result<std::uint64_t> calls_in(CpuId cpu, std::uint64_t nanoseconds) = 0;
};

/// The calling thread is the parent, and as it was afterwards. SIGCHLD must not be ignored.
class ForkedPair final : public PairRunner {
 public:
  Result<PairTimes> run(const CpuPair& pair, std::uint64_t calls) override;
  Result<std::uint64_t> calls_in(CpuId cpu, std::uint64_t nanoseconds) override;
};

}  // namespace pinfold::measure

// How long two CPUs take to hear of each other.
#pragma once

#include <cstdint>

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold::measure {

/// One sample of two CPUs.
struct Bounce {
  enum class Outcome {
    measured,
    disturbed,   ///< another task had the CPU `where` meanwhile
    unanswered,  ///< the thread on the CPU `where` got no answer in the time there was for it
    astray       ///< the thread for the CPU `where` was not there, or could have been elsewhere
  };
  Outcome outcome = Outcome::measured;
  double one_way_ns = 0;  ///< half a round trip; only where it was measured
  CpuId where = {};
};

/// The instrument, so that tests can give their own.
class PingPong {
 public:
  virtual ~PingPong() = default;

  /// Two threads, pinned to these CPUs, write one cache line in turn, each as soon as it sees what
  /// the other has written, for `rounds` round trips (and as many before that are not counted: the
  /// CPUs wake up). An error is why a thread could not be started there.
  virtual Result<Bounce> bounce(CpuId first, CpuId second, unsigned rounds) = 0;
};

}  // namespace pinfold::measure

// A thread that works with some memory, is moved, and works with it again.
#pragma once

#include <cstdint>
#include <map>

#include <pinfold/result.h>

#include "measure/sharing.h"
#include "measure/working_set.h"

namespace pinfold::measure {

/// A call and a walk behind it, in nanoseconds.
struct MoveTimes {
  std::uint64_t call = 0;
  std::uint64_t walk = 0;
  std::uint64_t walk_cpu = 0;  ///< what the walk had of its CPU; less than `walk` if disturbed
};

struct MoveTrial {
  MoveTimes stayed;          ///< the call named the CPU where the thread was
  MoveTimes moved;           ///< the call named the other one
  std::uint64_t whole = 0;   ///< all of it, to make the memory warm included
  std::uint64_t waited = 0;  ///< the part of it in which the thread was ready and somebody else ran
};

class Mover {
 public:
  virtual ~Mover() = default;

  /// On the pair's first CPU the thread walks over so many bytes until they are warm there. It is
  /// told to stay (sched_setaffinity(2) with that CPU), and walks once; is moved to the second CPU
  /// by the same call, and walks once. An error where it was not where it should be.
  virtual Result<MoveTrial> run(const CpuPair& pair, std::size_t bytes) = 0;
};

/// The calling thread is moved, and is as it was afterwards.
class ThreadMover final : public Mover {
 public:
  Result<MoveTrial> run(const CpuPair& pair, std::size_t bytes) override;

 private:
  Result<WorkingSet*> working_set(CpuId home, std::size_t bytes);

  // The last ones used, made on the CPU where they are warmed, so that its node has them.
  std::map<std::pair<CpuId, std::size_t>, WorkingSet> sets_;
};

}  // namespace pinfold::measure

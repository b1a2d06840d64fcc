// What it costs to share: two processes with the same loop, on CPUs that share more or less.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "measure/pair_runner.h"
#include "measure/rounds.h"
#include "measure/sharing.h"
#include "measure/statistics.h"
#include "measure/surroundings.h"
#include "measure/watch.h"

namespace pinfold::measure {

struct PairOptions {
  unsigned rounds = 20;
  std::uint64_t calls = 0;  ///< of each process; 0: so many that one takes about 20 ms
  std::uint32_t seed = 0;   ///< of the order
  OnStep on_step = {};
};

/// Times are in nanoseconds, of both processes together but for `real`, which is from the common
/// start to the end of the one that ends last.
struct PairNumbers {
  Spread real;
  Spread cpu;
  double user = 0;    ///< means: they are estimated from clock ticks, of which a round
  double system = 0;  ///< has few
};

struct PairRow {
  CpuPair pair;
  std::optional<PairNumbers> numbers;
  std::string reason;  ///< why there are none
};

struct PairReport {
  std::uint64_t calls = 0;
  unsigned rounds = 0;
  std::vector<PairRow> rows;
  std::vector<Doubt> doubts;  ///< of the machine, whatever was measured
};

/// Rounds over all pairs, one after the other, in random order. Fails where nothing could be begun:
/// no pair, or none whose first CPU takes a thread.
Result<PairReport> measure_pairs(const Machine& machine, std::span<const CpuPair> pairs,
                                 PairRunner& runner, Surroundings& surroundings,
                                 const PairOptions& options);

}  // namespace pinfold::measure

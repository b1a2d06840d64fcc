// What a task pays for being moved: the first walk over its working set takes longer elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "measure/mover.h"
#include "measure/rounds.h"
#include "measure/sharing.h"
#include "measure/statistics.h"
#include "measure/surroundings.h"
#include "measure/watch.h"

namespace pinfold::measure {

struct MigrateOptions {
  unsigned rounds = 11;
  std::vector<std::size_t> sizes;  ///< bytes, without the 0 of the move itself
  std::uint32_t seed = 0;          ///< of the order
  OnStep on_step = {};
};

/// In nanoseconds.
struct WalkNumbers {
  Spread stayed;  ///< a walk where the working set is warm
  Spread moved;   ///< the first walk on the other CPU, begun when the thread was there
  Spread cost;    ///< moved - stayed, round by round
};

struct WalkRow {
  std::size_t bytes = 0;
  std::optional<WalkNumbers> numbers;
  std::string reason;  ///< why there are none
};

/// In nanoseconds: the call alone, with nothing in use (the row of size 0).
struct CallNumbers {
  Spread stayed;  ///< a call that moves nobody
  Spread moved;
};

struct MigrateRow {
  CpuPair pair;
  std::optional<CallNumbers> call;
  std::string reason;  ///< why there is no `call`
  std::vector<WalkRow> walks;
};

struct MigrateReport {
  unsigned rounds = 0;
  std::vector<MigrateRow> rows;
  std::vector<Doubt> doubts;  ///< of the machine, whatever was measured
};

/// Rounds over all pairs and sizes, one after the other, in random order. Pairs of one CPU are left
/// out.
MigrateReport measure_migrations(const Machine& machine, std::span<const CpuPair> pairs,
                                 Mover& mover, Surroundings& surroundings,
                                 const MigrateOptions& options);

}  // namespace pinfold::measure

// Slots that are held: as long as a process lives, nobody else gets its CPUs.
#pragma once

#include <optional>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/state_dir.h"

namespace pinfold {

struct HeldSlot {
  std::size_t slot = 0;
  /// Holds it as long as anybody has it open; not closed by exec, so that it ends with the last
  /// process of the worker.
  Fd lock;
};

/// The first of the slots of which no CPU is held, and holds it. What is locked are CPUs, as bytes
/// of a file (fcntl(2), open file description locks), so that launchers with other plans do not
/// collide either. Kind `no_free_slot` when each is held; of other users' slots nobody knows.
Result<HeldSlot> hold_free_slot(const StateDir& state, const std::vector<CpuSet>& slots,
                                Clock& clock = Clock::system());

}  // namespace pinfold

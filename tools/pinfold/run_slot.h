// run --slot: one worker's share of a place.
#pragma once

#include <string>

#include <pinfold/plan.h>

#include "base/fd.h"
#include "ground.h"
#include "plan/slot.h"

namespace pinfold::tool {

struct TakenSlot {
  CpuSet cpus;
  std::string name;  ///< "slot 2 of 8"
  Fd lock;           ///< open where it is held: not closed by exec
};

struct SlotOptions {
  SlotWish slot;
  Policy policy = Policy::compact;
  Share share = Share::no;
};

/// `slot` of so many over the CPUs of `ground`. Errors: those of plan(), local_rank() and
/// hold_free_slot(); `syntax`, with the reason alone, where no launcher says the rank or how many
/// there are.
Result<TakenSlot> take_slot(const SlotOptions& options, const GroundWish& ground);

}  // namespace pinfold::tool

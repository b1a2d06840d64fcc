// Those who come to match a selection while others of it are being placed.
#pragma once

#include <chrono>
#include <functional>

#include "base/clock.h"
#include "pin/selection.h"

namespace pinfold {

struct ChaseOptions {
  Clock::Duration patience = std::chrono::seconds(5);
  Clock* clock = &Clock::system();
};

/// Looks again until a pass has missed nobody, and each one that it found was right as it was:
/// whoever those start is right, too. `place` does what is to be done, and says whether its target
/// had been right before. False if that went on until the patience was gone. Errors are those of
/// Selection::pass().
Result<bool> chase(Selection& selection, const std::function<bool(const Found&)>& place,
                   const ChaseOptions& options = {});

}  // namespace pinfold

// What set and dedicate want of each target, from their arguments.
#pragma once

#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "pin/assignment.h"
#include "pin/target.h"
#include "place/place.h"

namespace pinfold::tool {

/// Names in a place mean what the target may use, so each target has its own CPUs. What a name is
/// short of is told once. `place` and `machine` must outlive it.
Wish make_wish(const Place& place, const Machine& machine, Clip clip);

/// Kind `syntax` for `self` too: pinfold would set itself, and end.
Result<std::vector<Selector>> parse_selectors(const std::vector<std::string>& texts);

}  // namespace pinfold::tool

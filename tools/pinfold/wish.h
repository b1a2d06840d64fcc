// What set and dedicate want of each target, from their arguments.
#pragma once

#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "pin/assignment.h"
#include "pin/target.h"
#include "place/place.h"

namespace pinfold::tool {

/// A place, and what it needs to know of this machine.
struct PlaceHere {
  Place place;
  Machine machine;
};

/// Takes the place off the front of `arguments`: the targets are left. Kind `syntax` for what is no
/// place.
Result<PlaceHere> take_place(std::vector<std::string>& arguments);

/// Kind `syntax`, with the reason alone, unless there is a place and a target.
Result<void> check_place_and_targets(const std::vector<std::string>& arguments);

/// Names in a place mean what the target may use, so each target has its own CPUs. What a name is
/// short of is told once. `place` and `machine` must outlive it.
Wish make_wish(const Place& place, const Machine& machine, Clip clip);

/// All that a place names, whether the thread may use it or not.
Result<CpuSet> resolve_whole(const std::string& place, Tid tid);

/// Kind `syntax` for `self` too: pinfold would set itself, and end.
Result<std::vector<Selector>> parse_selectors(const std::vector<std::string>& texts);

}  // namespace pinfold::tool

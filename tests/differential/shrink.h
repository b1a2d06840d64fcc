// The least scenario that still shows a difference.
#pragma once

#include <functional>
#include <vector>

#include "model/scenario/scenario.h"

namespace pinfold::test {

using Scenario = std::vector<model::Operation>;

/// `differs` plays a scenario anew. What it is given first differs; what is returned does too, and
/// without any of its operations it would not. Goes on for `seconds` at most.
Scenario shrink(Scenario scenario, const std::function<bool(const Scenario&)>& differs,
                unsigned seconds);

}  // namespace pinfold::test

// Moments, as people write them.
#pragma once

#include <string_view>

#include <pinfold/result.h>

#include "events/event.h"

namespace pinfold::history {

/// Before `now`: 90s, 30m, 1h, 2d, 1w. In local time: 14:05, 14:05:30 (the last time that the clock
/// showed that), 2026-11-27, 2026-11-27 14:05, 2026-11-27T14:05:30; with a Z at the end in UTC. Of
/// an hour that the clock shows twice, a date means the first. With a fraction of a second behind
/// it: 14:05:30.25. Kind `syntax`, with the reason alone, for anything else, and for what no
/// calendar has.
Result<trace::Time> parse_when(std::string_view text, trace::Time now);

}  // namespace pinfold::history

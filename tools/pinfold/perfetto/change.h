// A change of a mask, or a call that asked for one, as an event of a trace.
#pragma once

#include "events/event.h"
#include "perfetto/packets.h"

namespace pinfold::tool {

/// "set 0-1 → 1 by taskset"; what was refused begins with the error: "EINVAL: set 5 by taskset".
ProtoMessage change_event(TrackId track, const trace::SetEvent& set);
/// "get 0-1 by taskset".
ProtoMessage change_event(TrackId track, const trace::GetEvent& get);

}  // namespace pinfold::tool

// Events in the shape of Tracee, for programs that read its JSON.
#pragma once

#include <optional>
#include <string>

#include "events/event.h"

namespace pinfold::trace {

/// One line without the line feed, as `tracee --output json` writes it. Only calls have a twin
/// there: sched_setaffinity (204) and sched_getaffinity (205). Nothing for the rest: a change that
/// no call made would be a lie under either name, and Tracee has no word for lost events.
///
/// Tracee's fields that are not known are left out, as it does itself, and so are the identifiers
/// that it makes up (`unique_id`). What Tracee lacks follows in `data`, behind its own four: a list
/// whose readers look for names, so that they pass over what they do not know, where strict
/// readers of the object around it refuse unknown keys. Sets are CPU lists.
std::optional<std::string> to_tracee(const Event& event);

}  // namespace pinfold::trace

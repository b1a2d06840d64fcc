// Events as JSON: docs/trace.schema.json describes every line.
#pragma once

#include <string>

#include "events/event.h"

namespace pinfold::trace {

/// One object in one line, without the line feed. Every key of its kind of event is there; what
/// is not known is `null`. Names are made safe to print.
std::string to_json(const Event& event);

}  // namespace pinfold::trace

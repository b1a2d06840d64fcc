// Events for a person at a terminal.
#pragma once

#include <string>

#include "events/event.h"

namespace pinfold::trace {

struct TextStyle {
  bool color = false;
  /// As in StartEvent: numbers that no CPU can have are not told as denied. 0: not known.
  unsigned cpu_ids = 0;
};

/// An event in a line, without the line feed at the end: local time, who, whom, from what to what,
/// and then only what is not as one expects it. The start takes several lines, callers one each.
/// Names are made safe to print; long masks are cut.
std::string to_text(const Event& event, const TextStyle& style = {});

}  // namespace pinfold::trace

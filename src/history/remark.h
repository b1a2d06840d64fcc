// What a history keeps besides changes: as the stream's own JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <pinfold/result.h>

#include "events/event.h"

namespace pinfold::history {

/// A time of which a history knows nothing, or not all.
struct Gap {
  trace::Time from;
  trace::Time to;
  std::uint64_t count = 0;  ///< events that are known to be missing; 0: nobody knows
  std::string reason;
  bool open = false;  ///< it goes on
};

/// What a history has to say.
using Entry = std::variant<trace::Event, Gap>;

/// Of changes and of gets an empty text: they are no remarks.
std::string remark_text(const trace::Event& event);
std::string remark_text(const Gap& gap);

/// Kind `unsupported` where it is none.
Result<Entry> read_remark(std::string_view text);

}  // namespace pinfold::history

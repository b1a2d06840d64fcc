// The chapters of a history.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/event.h"
#include "history/database.h"

namespace pinfold::history {

struct Chapter {
  std::int64_t id = 0;
  std::int64_t session = 0;
  std::string boot;
  std::string kernel;
  unsigned cpu_ids = 0;
  std::int64_t base = 0;
  std::int64_t first = 0;  ///< id of an event
  trace::Time began;
  trace::Time ended;
  bool closed = false;
};

/// In their order.
Result<std::vector<Chapter>> read_chapters(const Database& database);

/// Ids of events, from and to.
struct IdRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};

/// Outside of it no event is of that time. Without a bound: from the first, to the last.
Result<IdRange> ids_between(const Database& database, const std::vector<Chapter>& chapters,
                            std::optional<trace::Time> since, std::optional<trace::Time> until);

}  // namespace pinfold::history

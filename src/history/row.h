// A row of a history as the event that it was.
#pragma once

#include "events/event.h"
#include "history/database.h"

namespace pinfold::history {

/// The columns that read_event() takes, of `event e` and what stands behind it in event_joins.
extern const char* const event_columns;
extern const char* const event_joins;

/// A step's row, from column 0 on: the id, and then the event. Its number is `id - base`.
trace::SetEvent read_event(const Statement& row, std::int64_t base);

}  // namespace pinfold::history

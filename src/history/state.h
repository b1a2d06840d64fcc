// Threads at some moment of a chapter.
#pragma once

#include <optional>
#include <vector>

#include <pinfold/cpu_set.h>

#include "events/event.h"
#include "history/chapter.h"
#include "history/database.h"

namespace pinfold::history {

/// A thread at some moment.
struct ThreadState {
  trace::TargetTask task;
  CpuSet allowed;
  trace::Time since;                      ///< it is known to have been so
  std::optional<trace::SetEvent> change;  ///< what made it so; nothing: it began so, or was so
};

/// Those with which the chapter began, with what changes have made of them since, and those that
/// changes were made to; by their numbers. `last` is the last id of the chapter.
Result<std::vector<ThreadState>> read_states(const Database& database, const Chapter& chapter,
                                             std::int64_t last, trace::Time moment);

}  // namespace pinfold::history

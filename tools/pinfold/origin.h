// Who set a mask, as the journal or the history knows it.
#pragma once

#include <optional>

#include "explain/diagnose.h"
#include "kernel/kernel.h"

namespace pinfold::tool {

/// The newest change of the caller's journal that made the thread's mask what it is. Nothing where
/// there is none, or no journal.
std::optional<Origin> origin_in_journal(Kernel& kernel, const Task& task, const CpuSet& mask);

/// The newest change that the caller's history knows, if it made the mask what it is. Nothing where
/// there is none, or no history.
std::optional<Origin> origin_in_history(const Task& task, const CpuSet& mask);

}  // namespace pinfold::tool

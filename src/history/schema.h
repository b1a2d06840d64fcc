// The tables of a history, and how older ones become these.
#pragma once

#include <span>

#include "history/database.h"

namespace pinfold::history {

/// Each takes a history one version further; version 0 is an empty file.
std::span<const char* const> schema_steps();

/// Takes those of all steps that are missing, all of them or none. Kind `unsupported` where the
/// file is of a newer version than these lead to, or no history at all: then it stays as it is.
Result<void> migrate(const Database& database, std::span<const char* const> all = schema_steps());

}  // namespace pinfold::history

// Where a history is, and that nobody else can have put it there.
#pragma once

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::history {

/// /var/lib/pinfold/history.db for root, else $XDG_STATE_HOME/pinfold/history.db. Errors as
/// StateDir::open_lasting().
Result<std::string> usual_file();

/// Makes the file (0600) where it is missing. Errors as open_own_file().
Result<void> make_file(const std::string& path);

/// Kind `unsupported` where there is no history at that path; else as open_own_file().
Result<void> check_file(const std::string& path);

/// The right to write: one has it at a time, as long as it is open. Kind `busy` where somebody has
/// it, else as open_own_file().
Result<Fd> lock_for_writing(const std::string& path);

/// Whether somebody has it.
bool is_being_written(const std::string& path);

}  // namespace pinfold::history

// Small files of /proc and /sys, read whole.
#pragma once

#include <fcntl.h>

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

/// What is left to read of an open file. An error is of kind `system` with errno.
Result<std::string> read_all(const Fd& file);

/// The whole content. `path` is relative to the folder `at` (AT_FDCWD: as it stands). An
/// error is of kind `system` with the path and errno; ENOENT and ESRCH are told apart by it.
Result<std::string> read_file(const char* path, int at = AT_FDCWD);

/// The same with the line feed at the end taken off.
Result<std::string> read_line(const char* path, int at = AT_FDCWD);

}  // namespace pinfold

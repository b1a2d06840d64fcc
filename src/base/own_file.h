// Files and folders that are the caller's own, and nobody else's to use.
#pragma once

#include <fcntl.h>

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

/// What root trusts must not be written by others, and nobody's state is theirs to read: kind
/// `unsupported` where an open file or folder belongs to somebody else or is open to others.
Result<void> check_own(const Fd& opened, const std::string& path);

/// Opens `name`, relative to the folder `at`, for reading and writing; `path` is what errors call
/// it. With O_CREAT in `flags` it is made where it is missing. Kind `unsupported` where it is a
/// link, or not the caller's own; `system` where the call fails.
Result<Fd> open_own_file(int at, const char* name, int flags, const std::string& path);

}  // namespace pinfold

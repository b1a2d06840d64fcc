// Small files of /proc and /sys, read whole.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold {

/// Which file it is, by whatever path it is reached.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(FileId, FileId) = default;
};

/// The file at that path, or the one that a symbolic link leads to. An error is of kind `system`.
Result<FileId> file_id(const char* path);
/// An open file. An error is of kind `system` with errno.
Result<FileId> file_id(const Fd& file);

/// Raises the limit of open files (RLIMIT_NOFILE) so that `count` more can be opened, as far as
/// the caller may.
void expect_open_files(std::size_t count);

/// What is left to read of an open file. An error is of kind `system` with errno.
Result<std::string> read_all(const Fd& file);

/// The whole content. `path` is relative to the folder `at` (AT_FDCWD: as it stands). An
/// error is of kind `system` with the path and errno; ENOENT and ESRCH are told apart by it.
Result<std::string> read_file(const char* path, int at = AT_FDCWD);

/// The same with the line feed at the end taken off.
Result<std::string> read_line(const char* path, int at = AT_FDCWD);

}  // namespace pinfold

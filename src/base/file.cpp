#include "base/file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/try.h"

namespace pinfold {

Result<FileId> file_id(const char* path) {
  struct stat file{};
  if (::stat(path, &file) == 0) return FileId{.device = file.st_dev, .inode = file.st_ino};
  return fail({.kind = ErrorKind::system, .number = errno, .text = path});
}

Result<FileId> file_id(const Fd& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) == 0)
    return FileId{.device = status.st_dev, .inode = status.st_ino};
  return fail({.kind = ErrorKind::system, .number = errno});
}

void expect_open_files(std::size_t count) {
  constexpr std::size_t others = 64;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count + others) return;
  limit.rlim_cur = count + others;
  const rlimit higher{.rlim_cur = limit.rlim_cur,
                      .rlim_max = std::max(limit.rlim_max, limit.rlim_cur)};
  if (::setrlimit(RLIMIT_NOFILE, &higher) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<std::string> read_all(const Fd& file) {
  std::string content;
  for (;;) {
    char chunk[4096];
    const ssize_t length = ::read(file.get(), chunk, sizeof chunk);
    if (length == 0) return content;
    if (length < 0) {
      if (errno == EINTR) continue;
      return fail({.kind = ErrorKind::system, .number = errno});
    }
    content.append(chunk, static_cast<std::size_t>(length));
  }
}

Result<std::string> read_file(const char* path, int at) {
  const Fd file(::openat(at, path, O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = path});
  }
  auto content = read_all(file);
  if (!content) {
    return fail({.kind = ErrorKind::system, .number = content.error().number, .text = path});
  }
  return content;
}

Result<std::string> read_line(const char* path, int at) {
  TRY(std::string content, read_file(path, at));
  if (content.ends_with('\n')) content.pop_back();
  return content;
}

}  // namespace pinfold

#include "base/file.h"

#include <cerrno>

#include "base/fd.h"
#include "base/try.h"

namespace pinfold {

Result<std::string> read_file(const char* path, int at) {
  const auto failed = [&] {
    return fail({.kind = ErrorKind::system, .number = errno, .text = path});
  };
  const Fd file(::openat(at, path, O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return failed();
  std::string content;
  for (;;) {
    char chunk[4096];
    const ssize_t length = ::read(file.get(), chunk, sizeof chunk);
    if (length == 0) return content;
    if (length < 0) {
      if (errno == EINTR) continue;
      return failed();
    }
    content.append(chunk, static_cast<std::size_t>(length));
  }
}

Result<std::string> read_line(const char* path, int at) {
  TRY(std::string content, read_file(path, at));
  if (content.ends_with('\n')) content.pop_back();
  return content;
}

}  // namespace pinfold

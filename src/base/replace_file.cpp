#include "base/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/fd.h"
#include "base/try.h"

namespace pinfold {
namespace {

constexpr mode_t readable = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;

std::unexpected<Error> failed(const std::string& path) {
  if (errno == ENOENT) {
    return fail({.kind = ErrorKind::unsupported,
                 .number = ENOENT,
                 .text = path,
                 .reason = "there is no such folder"});
  }
  return fail({.kind = ErrorKind::system, .number = errno, .text = path});
}

Result<void> write_all(const Fd& file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Where a link leads to; the path itself where nothing is there yet.
std::string target_of(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> target(::realpath(path.c_str(), nullptr), std::free);
  return target ? target.get() : path;
}

Result<void> write_beside(const std::string& beside, std::string_view content, mode_t mode,
                          const std::string& path) {
  const Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.is_open()) return failed(path);
  return write_all(file, content, path);
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view content) {
  struct stat status{};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.is_open()) return failed(path);
    return write_all(file, content, path);
  }
  const std::string target = target_of(path);
  const std::string beside = target + '.' + std::to_string(::getpid()) + ".tmp";
  if (auto written = write_beside(beside, content, readable, path); !written) {
    if (written.error().number != EEXIST) ::unlink(beside.c_str());
    return written;
  }
  if (exists) ::chmod(beside.c_str(), status.st_mode & 0777U);
  if (::rename(beside.c_str(), target.c_str()) != 0) {
    const auto error = failed(path);
    ::unlink(beside.c_str());
    return error;
  }
  return {};
}

}  // namespace pinfold

#include "base/own_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/try.h"

namespace pinfold {
namespace {

std::unexpected<Error> unusable(const std::string& path, const char* reason) {
  return fail({.kind = ErrorKind::unsupported, .text = path, .reason = reason});
}

std::unexpected<Error> failed(const std::string& path) {
  return fail({.kind = ErrorKind::system, .number = errno, .text = path});
}

}  // namespace

Result<void> check_own(const Fd& opened, const std::string& path) {
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return failed(path);
  if (status.st_uid != ::geteuid()) return unusable(path, "it belongs to somebody else");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable(path, "others may use it: chmod go= makes it yours");
  }
  return {};
}

Result<Fd> open_own_file(int at, const char* name, int flags, const std::string& path) {
  Fd file(
      ::openat(at, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | flags, S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    if (errno == ELOOP) return unusable(path, "it is a link");
    return failed(path);
  }
  CHECK_OK(check_own(file, path));
  return file;
}

}  // namespace pinfold

#include "base/state_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/try.h"

namespace pinfold {
namespace {

std::unexpected<Error> unusable(const std::string& path, const char* reason) {
  return fail({.kind = ErrorKind::unsupported, .text = path, .reason = reason});
}

std::unexpected<Error> failed(const std::string& path) {
  return fail({.kind = ErrorKind::system, .number = errno, .text = path});
}

// What root trusts must not be written by others, and nobody's state is theirs to read.
Result<void> check_own(const Fd& opened, const std::string& path) {
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return failed(path);
  if (status.st_uid != ::geteuid()) return unusable(path, "it belongs to somebody else");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable(path, "others may use it: chmod go= makes it yours");
  }
  return {};
}

}  // namespace

Result<StateDir> StateDir::open() {
  const uid_t user = ::geteuid();
  if (user == 0) return open_in("/run");
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  if (folder && *folder == '/') return open_in(folder);
  const std::string usual = "/run/user/" + std::to_string(user);
  if (::access(usual.c_str(), W_OK) == 0) return open_in(usual);
  return unusable("XDG_RUNTIME_DIR", "it is not set: it names a folder of your own, in memory");
}

Result<StateDir> StateDir::open_in(const std::string& parent) {
  std::string path = parent + "/pinfold";
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return failed(path);
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) {
    if (errno == ELOOP || errno == ENOTDIR) return unusable(path, "it is not a folder");
    return failed(path);
  }
  CHECK_OK(check_own(folder, path));
  return StateDir(std::move(folder), std::move(path));
}

Result<Fd> StateDir::file(const char* name) const {
  const std::string path = path_ + '/' + name;
  Fd file(::openat(folder_.get(), name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                   S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    if (errno == ELOOP) return unusable(path, "it is a link");
    return failed(path);
  }
  CHECK_OK(check_own(file, path));
  return file;
}

}  // namespace pinfold

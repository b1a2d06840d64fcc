#include "base/state_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

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
  const std::string path = parent + "/pinfold";
  return open_at(AT_FDCWD, path.c_str(), path);
}

Result<StateDir> StateDir::open_at(int at, const char* name, std::string path) {
  if (::mkdirat(at, name, S_IRWXU) != 0 && errno != EEXIST) return failed(path);
  Fd folder(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) {
    if (errno == ELOOP || errno == ENOTDIR) return unusable(path, "it is not a folder");
    return failed(path);
  }
  CHECK_OK(check_own(folder, path));
  return StateDir(std::move(folder), std::move(path));
}

Result<StateDir> StateDir::folder(const char* name) const {
  return open_at(folder_.get(), name, path_ + '/' + name);
}

Result<Fd> StateDir::file(const char* name) const { return open_file(name, O_CREAT); }

Result<Fd> StateDir::existing_file(const char* name) const { return open_file(name, 0); }

Result<Fd> StateDir::open_file(const char* name, int flags) const {
  const std::string path = path_ + '/' + name;
  Fd file(::openat(folder_.get(), name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | flags,
                   S_IRUSR | S_IWUSR));
  if (!file.is_open()) {
    if (errno == ELOOP) return unusable(path, "it is a link");
    return failed(path);
  }
  CHECK_OK(check_own(file, path));
  return file;
}

Result<std::vector<std::string>> StateDir::names() const {
  // Of its own, because reading moves the position.
  const int again = ::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return failed(path_);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::fdopendir(again), ::closedir);
  if (!open) {
    ::close(again);
    return failed(path_);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

Result<void> StateDir::rename(const char* from, const char* to) const {
  if (::renameat2(folder_.get(), from, folder_.get(), to, RENAME_NOREPLACE) != 0) {
    return failed(path_ + '/' + to);
  }
  return {};
}

Result<void> StateDir::remove(const char* name) const {
  if (::unlinkat(folder_.get(), name, 0) != 0) return failed(path_ + '/' + name);
  return {};
}

}  // namespace pinfold

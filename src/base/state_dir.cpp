#include "base/state_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "base/own_file.h"
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

Result<StateDir> StateDir::open() {
  const uid_t user = ::geteuid();
  if (user == 0) return open_in("/run");
  const char* folder = std::getenv("XDG_RUNTIME_DIR");
  if (folder && *folder == '/') return open_in(folder);
  const std::string usual = "/run/user/" + std::to_string(user);
  if (::access(usual.c_str(), W_OK) == 0) return open_in(usual);
  return unusable("XDG_RUNTIME_DIR", "it is not set: it names a folder of your own, in memory");
}

Result<StateDir> StateDir::open_lasting() {
  if (::geteuid() == 0) return open_in("/var/lib");
  const char* folder = std::getenv("XDG_STATE_HOME");
  if (folder && *folder == '/') return open_in(folder);
  const char* home = std::getenv("HOME");
  if (!home || *home != '/') return unusable("HOME", "it is not set: it names your own folder");
  const std::string usual = std::string(home) + "/.local/state";
  std::error_code ignored;  // what cannot be made is found missing next
  std::filesystem::create_directories(usual, ignored);
  return open_in(usual);
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
  return open_own_file(folder_.get(), name, flags, path_ + '/' + name);
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

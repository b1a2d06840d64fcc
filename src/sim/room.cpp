#include "sim/room.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <string_view>

#include "base/fd.h"
#include "base/try.h"

namespace pinfold::sim {
namespace {

Result<void> done(int result, const std::string& what) {
  if (result == 0) return {};
  return fail({.kind = ErrorKind::system, .number = errno, .text = what});
}

// The entry of the old folder, at its place in the new one.
Result<void> take_over(const std::string& old, const std::string& entry) {
  struct stat status{};
  if (::lstat(old.c_str(), &status) != 0) return {};
  constexpr mode_t mode = 0755;
  if (S_ISLNK(status.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(old.c_str(), target.data(), target.size() - 1);
    return length < 0 ? Result<void>() : done(::symlink(target.data(), entry.c_str()), entry);
  }
  if (S_ISDIR(status.st_mode)) {
    CHECK_OK(done(::mkdir(entry.c_str(), mode), entry));
  } else {
    const Fd file(::open(entry.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, mode));
  }
  return done(::mount(old.c_str(), entry.c_str(), nullptr, MS_BIND | MS_REC, nullptr), entry);
}

}  // namespace

Result<void> make_room(const std::string& parent, const std::vector<std::string>& names) {
  const Fd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::opendir(parent.c_str()), ::closedir);
  if (!folder.is_open() || !list) return done(-1, parent);
  CHECK_OK(
      done(::mount("tmpfs", parent.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"), parent));
  const std::string old = "/proc/self/fd/" + std::to_string(folder.get()) + '/';
  const std::string below = parent + '/';
  while (const dirent* entry = ::readdir(list.get())) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == ".." || std::ranges::find(names, name) != names.end()) continue;
    CHECK_OK(take_over(old + name, below + name));
  }
  constexpr mode_t mode = 0755;
  for (const std::string& name : names) {
    const std::string made = below + name;
    CHECK_OK(done(::mkdir(made.c_str(), mode), made));
  }
  return {};
}

}  // namespace pinfold::sim

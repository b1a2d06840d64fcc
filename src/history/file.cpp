#include "history/file.h"

#include <fcntl.h>

#include <cerrno>

#include "base/own_file.h"
#include "base/state_dir.h"
#include "base/try.h"

namespace pinfold::history {
namespace {

// Not the history itself: to close that would give up the locks that SQLite has on it.
std::string lock_path(const std::string& path) { return path + "-lock"; }

struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<std::string> usual_file() {
  TRY(const StateDir folder, StateDir::open_lasting());
  return folder.path() + "/history.db";
}

Result<void> make_file(const std::string& path) {
  CHECK_OK(open_own_file(AT_FDCWD, path.c_str(), O_CREAT, path));
  return {};
}

Result<void> check_file(const std::string& path) {
  const auto file = open_own_file(AT_FDCWD, path.c_str(), 0, path);
  if (file) return {};
  if (file.error().kind == ErrorKind::system && file.error().number == ENOENT) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = path,
                 .reason = "there is no history: pinfold trace --record makes one"});
  }
  return fail(Error(file.error()));
}

Result<Fd> lock_for_writing(const std::string& path) {
  const std::string lock = lock_path(path);
  TRY(Fd file, open_own_file(AT_FDCWD, lock.c_str(), O_CREAT, lock));
  struct flock whole = whole_file();
  if (::fcntl(file.get(), F_OFD_SETLK, &whole) == 0) return file;
  if (errno == EAGAIN || errno == EACCES) return fail({.kind = ErrorKind::busy, .text = path});
  return fail({.kind = ErrorKind::system, .number = errno, .text = lock});
}

bool is_being_written(const std::string& path) {
  const std::string lock = lock_path(path);
  const auto file = open_own_file(AT_FDCWD, lock.c_str(), 0, lock);
  struct flock whole = whole_file();
  return file && ::fcntl(file->get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

}  // namespace pinfold::history

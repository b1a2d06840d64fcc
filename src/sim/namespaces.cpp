#include "sim/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/file.h"
#include "base/try.h"

namespace pinfold::sim {
namespace {

// A file of /proc, which takes what is written at once.
Result<void> write_proc(const char* path, const std::string& text) {
  const Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (file.is_open() &&
      ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    return {};
  }
  return fail({.kind = ErrorKind::system, .number = errno, .text = path});
}

bool says(const char* setting, const char* value) {
  const auto line = read_line(setting);
  return line && *line == value;
}

std::unexpected<Error> forbidden(int number, const char* what) {
  std::string reason = std::string(what) + ": " + std::strerror(number);
  if (says("/proc/sys/user/max_user_namespaces", "0")) {
    reason += "; user.max_user_namespaces is 0";
  } else if (says("/proc/sys/kernel/unprivileged_userns_clone", "0")) {
    reason += "; kernel.unprivileged_userns_clone is 0";
  } else if (says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
    reason += "; kernel.apparmor_restrict_unprivileged_userns is 1";
  }
  return fail(
      {.kind = ErrorKind::unsupported,
       .number = number,
       .text = "a simulated machine",
       .reason = reason + "; it takes CAP_SYS_ADMIN, or user namespaces in which one may mount"});
}

Result<void> enter_user_namespace() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return forbidden(errno, "unshare");
  // A change of credentials has taken this away, and with it what is written below.
  (void)::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  CHECK_OK(write_proc("/proc/self/setgroups", "deny"));
  const auto map = [](unsigned number) {
    return std::to_string(number) + ' ' + std::to_string(number) + " 1";
  };
  CHECK_OK(write_proc("/proc/self/uid_map", map(user)));
  return write_proc("/proc/self/gid_map", map(group));
}

}  // namespace

Result<void> enter_own_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    if (errno != EPERM) return forbidden(errno, "unshare");
    CHECK_OK(enter_user_namespace());
  }
  // What is mounted outside later is seen; nothing of here is seen outside.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return forbidden(errno, "mount");
  }
  return {};
}

}  // namespace pinfold::sim

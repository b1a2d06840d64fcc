#include "linux/user_namespace.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <optional>

#include "base/fd.h"
#include "linux/proc.h"

namespace pinfold {
namespace {

// include/linux/proc_ns.h, PROC_USER_INIT_INO: all others are below this one.
constexpr ino_t initial_namespace = 0xEFFFFFFD;
constexpr unsigned cap_sys_ptrace = 19;  // linux/capability.h

Fd open_namespace(Tid tid) {
  return Fd(::open(proc_path(tid, "ns/user").c_str(), O_RDONLY | O_CLOEXEC));
}

// Nothing where it cannot be told.
std::optional<ino_t> number_of(const Fd& user_namespace) {
  struct stat status{};
  if (!user_namespace.is_open() || ::fstat(user_namespace.get(), &status) != 0) return std::nullopt;
  return status.st_ino;
}

bool is_owned_by(const Fd& user_namespace, uid_t uid) {
  uid_t owner = 0;
  return ::ioctl(user_namespace.get(), NS_GET_OWNER_UID, &owner) == 0 && owner == uid;
}

}  // namespace

bool has_in_namespace_of(Tid tid, const Credentials& caller, unsigned capability) {
  const auto holds = [&](unsigned number) { return ((caller.in_force >> number) & 1U) != 0; };
  const bool has = holds(capability);
  const auto own = number_of(open_namespace(Tid()));
  if (!own || (has && *own == initial_namespace)) return has;
  Fd at = open_namespace(tid);
  // Who may trace whoever is in its namespace, and may not look there, is not in it.
  if (!at.is_open()) return has && !holds(cap_sys_ptrace);
  if (number_of(at) == own) return has;
  // Up from the task's to the caller's; the kernel shows none that is not below the caller's.
  for (;;) {
    Fd parent(::ioctl(at.get(), NS_GET_PARENT));
    if (!parent.is_open()) return false;
    // Whoever made it has every capability there, without having it outside.
    if (number_of(parent) == own) return has || is_owned_by(at, caller.effective);
    at = std::move(parent);
  }
}

}  // namespace pinfold

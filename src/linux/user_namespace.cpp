#include "linux/user_namespace.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "linux/proc.h"

namespace pinfold {
namespace {

Fd open_namespace(Tid tid) {
  return Fd(::open(proc_path(tid, "ns/user").c_str(), O_RDONLY | O_CLOEXEC));
}

bool same_file(const Fd& a, const Fd& b) {
  struct stat first{};
  struct stat second{};
  return ::fstat(a.get(), &first) == 0 && ::fstat(b.get(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

bool is_owned_by(const Fd& user_namespace, uid_t uid) {
  uid_t owner = 0;
  return ::ioctl(user_namespace.get(), NS_GET_OWNER_UID, &owner) == 0 && owner == uid;
}

}  // namespace

bool has_in_namespace_of(Tid tid, const Credentials& caller, unsigned capability) {
  const bool has = ((caller.in_force >> capability) & 1U) != 0;
  const Fd own = open_namespace(Tid());
  Fd at = open_namespace(tid);
  if (!own.is_open() || !at.is_open() || same_file(own, at)) return has;
  // Up from the task's to the caller's; the kernel shows none that is not below the caller's.
  for (;;) {
    Fd parent(::ioctl(at.get(), NS_GET_PARENT));
    if (!parent.is_open()) return false;
    // Whoever made it has every capability there, without having it outside.
    if (same_file(own, parent)) return has || is_owned_by(at, caller.effective);
    at = std::move(parent);
  }
}

}  // namespace pinfold

#include "sim/fuse/mount.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <cerrno>

namespace pinfold::sim {

Result<Fd> open_fuse_device() {
  constexpr const char* path = "/dev/fuse";
  Fd device(::open(path, O_RDWR | O_CLOEXEC));
  if (!device.is_open()) return fail({.kind = ErrorKind::system, .number = errno, .text = path});
  return device;
}

Result<void> mount_fuse(const Fd& device, const char* where, const FuseMount& options) {
  std::string type = "fuse";
  if (!options.subtype.empty()) type += '.' + options.subtype;
  // As this user namespace numbers them: in one of a single user's that need not be 0.
  const std::string data = "fd=" + std::to_string(device.get()) +
                           ",rootmode=40000,user_id=" + std::to_string(::geteuid()) +
                           ",group_id=" + std::to_string(::getegid()) +
                           ",default_permissions,allow_other";
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (options.read_only) flags |= MS_RDONLY;
  if (::mount(options.source.c_str(), where, type.c_str(), flags, data.c_str()) != 0) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = where});
  }
  return {};
}

}  // namespace pinfold::sim

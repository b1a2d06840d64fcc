// Mounting a file system that a process serves: mount(2), fs/fuse/inode.c.
#pragma once

#include <string>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::sim {

/// /dev/fuse. Whoever mounts has to open it in the user namespace in which it is mounted. An error
/// is of kind `system`: ENOENT or ENODEV where the kernel has no FUSE.
Result<Fd> open_fuse_device();

struct FuseMount {
  std::string source = "pinfold";  ///< as it stands in /proc/mounts
  std::string subtype = {};        ///< "cgroup2": the type is shown as fuse.cgroup2
  bool read_only = false;
};

/// Mounts it at the folder `where`, for everybody in the mount namespace. Needs CAP_SYS_ADMIN in
/// the user namespace that owns that. Accesses wait until somebody serves the device, but this
/// call does not. An error is of kind `system` with errno, its text the folder.
Result<void> mount_fuse(const Fd& device, const char* where, const FuseMount& options);

}  // namespace pinfold::sim

// The files of a simulated machine, in place of those of the machine under us.
#pragma once

#include <string>

#include <pinfold/result.h>

#include "model/cgroup.h"
#include "sim/channel.h"

namespace pinfold::sim {

/// How an image is shown.
enum class ShownBy {
  best,   ///< the first of these that works
  erofs,  ///< mounted by the kernel: from 6.12 on, not in a user namespace
  fuse,   ///< served by the supervisor
  copy,   ///< copied into memory
};

struct Stage {
  std::string
      image;  ///< the path of an EROFS image: sys/devices/system/cpu and so on, and proc/cpuinfo
  ShownBy shown_by = ShownBy::best;
  model::Hierarchy cpusets = model::Hierarchy::none;
  /// Whether it is an error where cpusets cannot be shown; else the supervisor is told.
  bool needs_cpusets = false;
};

/// Mounts them, in the mount namespace of the caller, which must be its own (namespaces.h). Devices
/// that are to be served go to the supervisor. Errors are of kind `unsupported` and `system`.
Result<void> set_up(const Stage& stage, const Channel& supervisor);

}  // namespace pinfold::sim

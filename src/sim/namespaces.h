// Namespaces of a command's own: user_namespaces(7), mount_namespaces(7).
#pragma once

#include <pinfold/result.h>

namespace pinfold::sim {

/// Gives the calling process mounts of its own. Who may not have that gets it in a user namespace,
/// in which he is who he was. Kind `unsupported` where neither is allowed: what forbids it, and
/// what would allow it.
Result<void> enter_own_mounts();

}  // namespace pinfold::sim

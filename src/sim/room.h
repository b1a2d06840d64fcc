// Folders where the kernel has none.
#pragma once

#include <string>
#include <vector>

#include <pinfold/result.h>

namespace pinfold::sim {

/// Puts empty folders of these names into the folder `parent` of a file system in which nobody can
/// make any, such as sysfs: what else is there stays. The mount namespace must be the caller's own.
/// Errors are of kind `system`.
Result<void> make_room(const std::string& parent, const std::vector<std::string>& names);

}  // namespace pinfold::sim

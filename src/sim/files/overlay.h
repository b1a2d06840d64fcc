// A machine's own files, where there is a copy of them.
#pragma once

#include <pinfold/result.h>

#include "machine/root.h"
#include "sim/files/file_tree.h"

namespace pinfold::sim {

/// `generated`, which machine_files() made of the machine that `copy` is of, with the copy's own
/// regular files in place of those made: what it has below sys/devices/system/{cpu,node},
/// sys/bus/{cpu,node} and sys/devices/cpu_{core,atom,lowpower}, and proc/cpuinfo. Links are made,
/// not copied; the caches of a CPU are the copy's or made, never some of each, because their
/// numbers need not be the same. What cannot be read is passed over. Kind `unsupported` for a copy
/// that is larger than that of any machine.
Result<FileTree> with_own_files(const FileTree& generated, const Root& copy);

}  // namespace pinfold::sim

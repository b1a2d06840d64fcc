// Where in its program a caller was.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <pinfold/ids.h>

#include "events/event.h"

namespace pinfold::trace {

/// Addresses as places in files, by the process's mappings (/proc/PID/maps) as they are now. The
/// first is the call's own, the second the word at the stack pointer, which is where the call
/// returns to if the function had put nothing there (libc's have not): it counts where it is code.
/// A process that has ended has no mappings any more: addresses are left as they are.
std::vector<Frame> frames_of(Pid pid, std::span<const std::uint64_t> addresses);

}  // namespace pinfold::trace

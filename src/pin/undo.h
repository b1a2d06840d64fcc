// Puts masks back as they were before a change.
#pragma once

#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"
#include "pin/assignment.h"
#include "pin/change.h"

namespace pinfold {

enum class Force {
  no,
  yes,  ///< threads too whose mask somebody else has changed since
};

/// A thread whose mask is neither what the change made it nor what it was before.
struct ChangedSince {
  Pid pid;
  Tid tid;
  CpuSet now;
  CpuSet asked;  ///< by the change
};

struct Undone {
  std::vector<ProcessPlacement> processes;
  std::vector<ChangedSince> left;  ///< with Force::no; nothing was done to them
  std::size_t ended = 0;           ///< processes (or single threads) that are no more
  std::vector<Error> errors;       ///< processes that could not be put back as a whole
};

/// Whether somebody is still there whom the change was about.
bool is_alive(Kernel& kernel, const ProcessChange& process);

/// Threads that are as the change made them get back what they had; those that started since get
/// what their process had. After `dedicate`, processes that started since too, if they have exactly
/// a mask that it wrote. Once more does no harm.
Undone undo(Kernel& kernel, const ChangeHead& head, const std::vector<ProcessChange>& processes,
            Force force, const ApplyOptions& options = {});

}  // namespace pinfold

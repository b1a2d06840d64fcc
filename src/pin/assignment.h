// A target and the mask it shall have: checked first, then applied.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <pinfold/placement.h>

#include "base/clock.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"
#include "pin/target.h"

namespace pinfold {

/// When the kernel gives less than was asked.
enum class Narrower {
  error,
  accept,  ///< that is what was meant: a reset gets what its cpuset allows
};

struct Assignment {
  Target target;
  Task task;                         ///< the thread, or the process's leader, before any change
  std::unique_ptr<Process> process;  ///< held open, where the target is a process
  CpuSet asked;
  CpuSet dropped;  ///< CPUs that Clip::yes took away
  Narrower narrower = Narrower::error;
};

struct Wish {
  /// Which CPUs, given the target's limits.
  std::function<Result<CpuSet>(const Limits&)> cpus;
  Clip clip = Clip::no;
};

enum class Isolated {
  leave_out,
  include
};

/// Finds the target and checks that it can have what is wished; nothing is changed. Errors:
/// `no_such_task`, `not_a_process`, and those of check_cpus().
Result<Assignment> prepare(Kernel& kernel, const Target& target, const Wish& wish);

/// The same for a reset: all possible CPUs, but isolated ones only if asked for.
Result<Assignment> prepare_reset(Kernel& kernel, const Target& target, Isolated isolated);

struct ApplyOptions {
  /// How long threads may stay unproved, and how long new ones are chased.
  Clock::Duration patience = std::chrono::seconds(5);
  /// How many threads work on a process with very many; 0: as many as the caller's mask has
  /// CPUs, at most 8.
  unsigned workers = 0;
  Clock* clock = &Clock::system();
};

/// Sets the mask of the thread, or of all threads of the process, and proves it. An error is
/// one of the whole (`no_such_task`: it ended); what went wrong with single threads stands in
/// the placement.
Result<ProcessPlacement> apply(Kernel& kernel, const Assignment& assignment,
                               const ApplyOptions& options = {});

}  // namespace pinfold

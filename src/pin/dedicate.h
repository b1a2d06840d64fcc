// CPUs for one target alone: it is put there, and everybody else is taken off.
//
// Who may run there is looked for in passes over all threads of the system. Each thread that must
// go is seen outside clone(2) and fork(2) after its mask was set (walk.h), so whatever it made with
// the old mask is there for the next pass to find. A pass that finds nobody, and in which nobody
// ended unseen, is the last.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include <pinfold/placement.h>

#include "kernel/kernel.h"
#include "pin/assignment.h"

namespace pinfold {

/// Threads that may run on the CPUs and nowhere else.
enum class Evict {
  no,   ///< are left and listed: somebody put them there
  yes,  ///< get the rest of what their cpuset allows
};

enum class KernelThreads {
  leave,
  move,  ///< those whose mask can be set
};

enum class DryRun {
  no,
  yes,  ///< nothing is changed: what would be, has an outcome of `skipped`
};

struct DedicateOptions {
  Evict evict = Evict::no;
  KernelThreads kernel_threads = KernelThreads::leave;
  DryRun dry_run = DryRun::no;
  /// How long others may go on coming.
  Clock::Duration patience = std::chrono::seconds(1);
  ApplyOptions apply = {};
  /// Who belongs to the target by now and was not told before: asked for at the begin of each pass.
  std::function<Result<std::vector<Assignment>>()> newcomers = {};
};

/// A thread that may run on the dedicated CPUs all the same.
struct Staying {
  Task task;
  CpuSet cpus;  ///< effective
};

struct Dedication {
  CpuSet cpus;  ///< of the target alone
  std::vector<ProcessPlacement> target;
  std::vector<ProcessPlacement> others;  ///< who was taken off, or could not be
  std::vector<Staying> inside;           ///< may run nowhere else, and were left
  std::vector<Staying> kernel_threads;   ///< may run there too
  std::vector<Staying> came_again;       ///< still there when time was over
  bool settled = false;                  ///< the last pass found nobody, and missed nobody

  /// Whether the target is there, proved, and a whole pass found nobody else but those listed.
  [[nodiscard]] bool done() const;
};

/// `target` are what prepare() gave. Errors: `nothing_left`, and those of the whole as with
/// apply(). Where the target cannot be set, nobody else is touched: `others` is empty, done()
/// false.
Result<Dedication> dedicate(Kernel& kernel, std::vector<Assignment> target,
                            const DedicateOptions& options = {});

}  // namespace pinfold

// A target and the mask it shall have: checked first, then applied.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/placement.h>

#include "base/clock.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"
#include "kernel/requests.h"
#include "pin/target.h"

namespace pinfold {

/// When the kernel gives less than was asked.
enum class Narrower {
  error,
  accept,  ///< that is what was meant: a reset gets what its cpuset allows
};

/// What a thread that has `now` shall ask for; nothing where it is right as it is. What is right
/// must be right for the children too that inherit it. Called by several threads at once.
using Rule = std::function<std::optional<CpuSet>(Tid tid, const CpuSet& now)>;

/// Whether a process has escaped too that a thread forked with the mask that it had before.
enum class Forks {
  ignore,
  heed,
};

struct Assignment {
  Target target;
  Task task;                         ///< the thread, or the process's leader, before any change
  std::unique_ptr<Process> process;  ///< held open, where the target is a process
  Limits limits;                     ///< the task's
  CpuSet asked;                      ///< for every thread, where there is no rule
  CpuSet expected;                   ///< what of it the limits leave
  Rule rule = {};                    ///< where threads ask for different masks
  std::vector<Error> dropped;        ///< why Clip::yes took CPUs away
  Narrower narrower = Narrower::error;
  Forks forks = Forks::ignore;
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

/// Finds the target; its CPUs and its limits are left for the caller.
Result<Assignment> find(Kernel& kernel, const Target& target);

/// Finds the target and checks that it can have what is wished; nothing is changed. Errors:
/// `no_such_task`, `not_a_process`, and those of check_cpus().
Result<Assignment> prepare(Kernel& kernel, const Target& target, const Wish& wish);

/// The same for a reset: all possible CPUs, but isolated ones only if asked for.
Result<Assignment> prepare_reset(Kernel& kernel, const Target& target, Isolated isolated);

/// Told what each thread has and will ask for before the first of them is changed, and, where a
/// snapshot was made, what they asked for before. Threads that start meanwhile are not in it.
using Record = std::function<void(const Assignment&, std::span<const ThreadPlacement> threads,
                                  const Requests& before)>;

struct ApplyOptions {
  /// How long threads may stay unproved, and how long new ones are chased.
  Clock::Duration patience = std::chrono::seconds(5);
  /// How many threads work on a process with very many; 0: as many as the caller's mask has
  /// CPUs, at most 8.
  unsigned workers = 0;
  Clock* clock = &Clock::system();
  /// With so many threads or more a process is looked at by Kernel::snapshot, where it is
  /// permitted. With fewer that is not worth what it costs to begin.
  std::size_t snapshot_from = 1000;
  Record record = {};
};

/// Sets the mask of the thread, or of all threads of the process, and proves it. An error is
/// one of the whole (`no_such_task`: it ended); what went wrong with single threads stands in
/// the placement.
Result<ProcessPlacement> apply(Kernel& kernel, const Assignment& assignment,
                               const ApplyOptions& options = {});

}  // namespace pinfold

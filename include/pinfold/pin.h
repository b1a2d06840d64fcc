// Place threads and processes of this system on CPUs, and see what came of it.
#pragma once

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>
#include <pinfold/placement.h>
#include <pinfold/result.h>

namespace pinfold {

/// The calling thread, for the functions below.
inline Tid this_thread() { return {}; }

/// Sets the thread's mask (sched_setaffinity(2)) and reads it back. CPUs that do not exist, are
/// offline, or that the thread's cpuset does not allow are an error before anything is changed,
/// unless `clip` drops them. Other errors: `empty_set`, `no_such_task`, `task_replaced`,
/// `permission`, `capabilities`, `kernel_thread`, `deadline`, `refused`, `narrowed`.
Result<Placement> pin(Tid thread, const CpuSet& cpus, Clip clip = Clip::no);

/// Sets the mask of every thread of the process; no thread that starts meanwhile escapes, and
/// nobody is stopped unless a thread that never enters the kernel must be seen (`Proof::held`).
/// Errors are those of the whole, before anything is changed; single threads that were not set
/// stand in the result, whose done() says whether all went well.
Result<ProcessPlacement> pin(Pid process, const CpuSet& cpus, Clip clip = Clip::no);

/// The thread's masks. Errors: `no_such_task`.
Result<Affinity> affinity(Tid thread);

}  // namespace pinfold

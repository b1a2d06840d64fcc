// After the kernel said no, or gave less: who is behind it?
#pragma once

#include "kernel/kernel.h"

namespace pinfold {

/// What the errno of a failed sched_setaffinity(2) means for this task and mask.
Error explain_refusal(Kernel& kernel, Tid tid, const CpuSet& asked, int number);

/// Why `effective` is less than `asked`, when the call itself was good. `now` is filled.
Error explain_narrowing(Kernel& kernel, Tid tid, const CpuSet& asked, const CpuSet& effective);

}  // namespace pinfold

// Where a thread is, proved.
#pragma once

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold::measure {

/// The CPU that the caller is on: on x86 as the CPU itself says (RDTSCP), which nobody that answers
/// system calls in the kernel's stead can hide; elsewhere as sched_getcpu(3) does.
CpuId here();

/// Pins the calling thread to that CPU alone, and sees that it is there. Errors: pin()'s, and
/// `unsupported` where the mask is set and the thread runs elsewhere, as in `pinfold sim`.
Result<void> stand_on(CpuId cpu);

/// The error of who was to stay on a CPU and was found on another.
std::unexpected<Error> elsewhere(CpuId wanted, CpuId found);

}  // namespace pinfold::measure

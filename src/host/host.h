// The system that this program runs on.
#pragma once

#include "kernel/kernel.h"
#include "pin/pinner.h"

namespace pinfold {

Kernel& host_kernel();

/// Has host_kernel() answer snapshots by that reader, which must outlive it. For the command: a
/// library shall not load programs into the kernel unasked.
void read_host_snapshots_by(TaskReader& reader);

Pinner& host_pinner();

}  // namespace pinfold

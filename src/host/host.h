// The system that this program runs on.
#pragma once

#include "kernel/kernel.h"
#include "pin/pinner.h"

namespace pinfold {

Kernel& host_kernel();
Pinner& host_pinner();

}  // namespace pinfold

// Every process of the system, one after the other.
#pragma once

#include <functional>

#include "kernel/kernel.h"

namespace pinfold::tool {

/// `each` for every process that can be seen. One that ends meanwhile (`no_such_task`) is left out;
/// any other error ends the walk.
Result<void> each_process(Kernel& kernel, const std::function<Result<void>(Pid)>& each);

}  // namespace pinfold::tool

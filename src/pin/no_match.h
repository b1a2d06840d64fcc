// Why a selection means nobody, and what would.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "kernel/kernel.h"
#include "pin/target.h"

namespace pinfold {

/// Who matches a selection and is left out of it all the same.
struct LeftOut {
  Task task;
  const char* why = "";  ///< "a kernel thread"
};

/// The `no_match` for it. `hidden`: how many could not be looked at. Looks at every process.
Error no_match(Kernel& kernel, const Selector& selector, const std::map<Pid, LeftOut>& left_out,
               std::size_t hidden);

}  // namespace pinfold

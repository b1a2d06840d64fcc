// A machine from the files of /sys and /proc, those of this system or a copy of another's.
#pragma once

#include <memory>
#include <string_view>

#include <pinfold/machine.h>

#include "machine/parts.h"
#include "machine/root.h"

namespace pinfold {

/// With the limits of the calling process; of a copy, those of the process that made it.
Result<Machine> read_machine(std::shared_ptr<const Root> root, MachineParts parts);

/// Machine::open, of these parts. A description always has all.
Result<Machine> open_machine(std::string_view text, MachineParts parts);

}  // namespace pinfold

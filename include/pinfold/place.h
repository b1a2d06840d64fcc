// CPUs by name.
#pragma once

#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/machine.h>
#include <pinfold/result.h>

namespace pinfold {

/// The CPUs that a place (pinfold(1), PLACES) names on the machine: `node:0,~smt`, `l3:0+2`,
/// `P.core:0-3`, `near:eth0`, `0-3,8`. Numbers are meant literally: whether they exist, pin() says.
/// A name takes what is online and what the limits of the machine allow. Kind `syntax`, or
/// `no_such_object` for what the machine does not have, with the column; `empty_set` when nothing
/// is left.
Result<CpuSet> resolve(std::string_view place, const Machine& machine);

/// The same on the machine under us, of which only what the place needs is read.
Result<CpuSet> resolve(std::string_view place);

}  // namespace pinfold

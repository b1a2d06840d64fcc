// Whether files tell of the machine that they were made of.
#pragma once

#include <pinfold/machine.h>

namespace pinfold::test {

/// Expects that both are the same, but for what a kernel always has: where `machine` has no
/// packages, distances or memory, `read` may have some. Sizes are in whole KiB.
void expect_same_machine(const Machine& read, const Machine& machine);

}  // namespace pinfold::test

// Becoming another user, for the children of a test.
#pragma once

#include <string>

#include "kernel/world.h"

namespace pinfold::test {

/// Makes the calling process (of one thread) what `identity` says. 0, or the errno of the call
/// that was refused.
int become(const Identity& identity);

/// "uid 1001/1001/1001", for the reason of a test that is skipped.
std::string to_string(const Identity& identity);

}  // namespace pinfold::test

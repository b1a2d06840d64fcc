// The calls of a 32-bit program, made by a 64-bit one through `int 0x80`.
#pragma once

#include <memory>

#include "kernel/abi.h"

namespace pinfold::test {

/// Null where the machine is no x86-64, or its kernel serves no 32-bit programs. The buffers
/// must lie below 4 GiB.
std::unique_ptr<Abi> open_int80_abi();

}  // namespace pinfold::test

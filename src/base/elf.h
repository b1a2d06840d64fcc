// What kind of program a file is.
#pragma once

#include <optional>

namespace pinfold {

/// Whether the file is a 32-bit ELF program; nothing where it is no ELF file or cannot be read.
std::optional<bool> is_32_bit_program(const char* path);

}  // namespace pinfold

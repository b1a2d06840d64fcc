#include "base/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "base/fd.h"

namespace pinfold {

std::optional<bool> is_32_bit_program(const char* path) {
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  unsigned char head[EI_NIDENT];
  if (!file.is_open() || ::read(file.get(), head, sizeof head) != sizeof head) return std::nullopt;
  if (std::memcmp(head, ELFMAG, SELFMAG) != 0) return std::nullopt;
  return head[EI_CLASS] == ELFCLASS32;
}

}  // namespace pinfold

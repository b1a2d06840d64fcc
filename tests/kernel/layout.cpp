#include "kernel/layout.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace pinfold::test {

long get_result(const Machine& machine, Layout layout, unsigned long length) {
  // The kernel takes the length as 32 bits, and counts bits in 32 bits too.
  const auto taken = static_cast<std::uint32_t>(length);
  if (static_cast<std::uint32_t>(taken * 8U) < machine.cpu_ids) return -EINVAL;
  if (taken % word_bytes(layout) != 0) return -EINVAL;
  return static_cast<long>(std::min<std::size_t>(taken, machine.mask_bytes));
}

std::size_t bytes_read(const Machine& machine, Layout layout, unsigned long length) {
  const auto taken = std::min<std::size_t>(static_cast<std::uint32_t>(length), machine.mask_bytes);
  // The 32-bit call reads whole words, also where the length ends inside of one.
  return layout == Layout::native ? taken : (taken + 3) / 4 * 4;
}

}  // namespace pinfold::test

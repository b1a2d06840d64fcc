// How the two calls lay out their masks, and the rules that the tables' answers follow.
#pragma once

#include <ostream>
#include <span>
#include <vector>

#include <pinfold/cpu_set.h>

#include "kernel/world.h"

namespace pinfold::test {

/// The two shapes of the calls: the machine's own, and that of a 32-bit program.
enum class Layout {
  native,
  i386
};

constexpr std::size_t word_bytes(Layout layout) {
  return layout == Layout::native ? sizeof(unsigned long) : 4;
}

inline void PrintTo(Layout layout, std::ostream* out) {
  *out << (layout == Layout::native ? "native" : "i386");
}

/// CPU c as bit c % 8 of byte c / 8: the layout of a little-endian machine, with words of any
/// length. CPUs beyond `length` bytes are left out.
inline std::vector<unsigned char> to_bytes(const CpuSet& cpus, std::size_t length) {
  std::vector<unsigned char> bytes(length);
  for (const CpuId cpu : cpus) {
    if (cpu.value() / 8 >= length) break;
    bytes[cpu.value() / 8] |= static_cast<unsigned char>(1U << cpu.value() % 8);
  }
  return bytes;
}

inline CpuSet from_bytes(std::span<const unsigned char> bytes) {
  CpuSet cpus;
  for (unsigned cpu = 0; cpu < bytes.size() * 8; ++cpu) {
    if ((bytes[cpu / 8] >> cpu % 8 & 1) != 0) cpus.add(CpuId(cpu));
  }
  return cpus;
}

/// The shortest length that sched_getaffinity takes: whole words that hold every possible CPU.
inline std::size_t least_length(const Machine& machine, Layout layout) {
  const std::size_t word = word_bytes(layout);
  return (machine.cpu_ids + word * 8 - 1) / (word * 8) * word;
}

/// A length that means the same on machines of any size: so many times the least that get
/// takes, so many times the kernel's mask, and some bytes.
struct Length {
  unsigned long bytes = 0;
  unsigned long least = 0;
  unsigned long masks = 0;
  unsigned long less = 0;

  [[nodiscard]] unsigned long on(const Machine& machine, Layout layout) const {
    return bytes + least * least_length(machine, layout) + masks * machine.mask_bytes - less;
  }
};

/// What sched_getaffinity says to a length, everything else being right.
long get_result(const Machine& machine, Layout layout, unsigned long length);

/// How many bytes sched_setaffinity reads.
std::size_t bytes_read(const Machine& machine, Layout layout, unsigned long length);

}  // namespace pinfold::test

// Which interrupts a CPU had.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold::measure {

struct InterruptCount {
  std::string line;  ///< "LOC", "36": how the kernel calls it
  std::string name;  ///< "Local timer", "virtio1-req.0"; not safe to print
  std::uint64_t count = 0;

  friend bool operator==(const InterruptCount&, const InterruptCount&) = default;
};

/// The column of a CPU in /proc/interrupts (proc_interrupts(5)). Lines that do not count by CPU are
/// left out; a CPU that has no column has none of them.
std::vector<InterruptCount> parse_interrupts(std::string_view text, CpuId cpu);

/// Kind `system` where the file cannot be read.
Result<std::vector<InterruptCount>> read_interrupts(CpuId cpu);

/// What came in between, the most first; what did not come is left out.
std::vector<InterruptCount> interrupts_between(const std::vector<InterruptCount>& before,
                                               const std::vector<InterruptCount>& after);

}  // namespace pinfold::measure

// How quiet a CPU is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "measure/gaps.h"
#include "measure/interrupts.h"
#include "measure/surroundings.h"

namespace pinfold::measure {

/// What a thread has seen that was pinned to a CPU and read the clock over and over.
struct Heard {
  bool was_there = true;  ///< before and after it was on that CPU, and could be on no other
  Gaps gaps = {};
  std::uint64_t preempted = 0;                  ///< times that it had to leave its CPU
  std::vector<InterruptCount> interrupts = {};  ///< that came meanwhile, the most first
  std::uint64_t stolen_ns = 0;                  ///< the host of this virtual machine says so
  std::vector<Doubt> doubts = {};
};

/// The instrument, so that tests can give their own.
class Listener {
 public:
  virtual ~Listener() = default;

  /// An error is why a thread could not be started there.
  virtual Result<Heard> listen(CpuId cpu, const GapOptions& options) = 0;
};

struct Noise {
  CpuId cpu;
  std::optional<Heard> heard = {};
  std::string reason = {};  ///< why there are no numbers
};

/// No numbers has a CPU on which the thread was not all the time, that was throttled (its gaps are
/// the limit's), or whose clock takes more than half of the threshold.
Noise measure_noise(Listener& listener, CpuId cpu, const GapOptions& options);

/// CPUs of this machine.
class HostListener : public Listener {
 public:
  Result<Heard> listen(CpuId cpu, const GapOptions& options) override;
};

}  // namespace pinfold::measure

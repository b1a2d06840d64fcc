// What bench noise tells, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include <pinfold/machine.h>

#include "measure/noise.h"

namespace pinfold::tool {

struct NoiseReport {
  CpuSet isolated = {};
  CpuSet nohz_full = {};
  measure::GapOptions options = {};
  std::vector<measure::Noise> cpus = {};
  std::vector<measure::Doubt> doubts = {};
};

/// For a terminal of 80 columns: a line a CPU, interrupts, a conclusion, what speaks against it.
std::string noise_text(const NoiseReport& report);

/// One object in a line; a CPU without numbers has null and the reason.
std::string noise_json(const NoiseReport& report);

/// "12 us", "1.3 ms"
std::string duration_text(double ns);

}  // namespace pinfold::tool

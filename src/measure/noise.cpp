#include "measure/noise.h"

#include <algorithm>
#include <cmath>

namespace pinfold::measure {
namespace {

std::string refusal(const Heard& heard, const GapOptions& options) {
  if (!heard.was_there) return "the pin did not take effect";
  const auto throttled = std::ranges::find(heard.doubts, Doubt::Kind::throttled, &Doubt::kind);
  if (throttled != heard.doubts.end()) return throttled->text;
  if (heard.gaps.readings == heard.gaps.count ||
      heard.gaps.clock_ns * 2 > static_cast<double>(options.threshold_ns)) {
    return "the clock is too slow here to see gaps of " + std::to_string(options.threshold_ns) +
           " ns: to read it takes " + std::to_string(std::lround(heard.gaps.clock_ns)) + " ns";
  }
  return {};
}

}  // namespace

Noise measure_noise(Listener& listener, CpuId cpu, const GapOptions& options) {
  Noise noise{.cpu = cpu};
  auto heard = listener.listen(cpu, options);
  if (!heard) {
    noise.reason = message(heard.error());
    return noise;
  }
  noise.reason = refusal(*heard, options);
  if (noise.reason.empty()) noise.heard = std::move(*heard);
  return noise;
}

}  // namespace pinfold::measure

// Ping-pong on the CPUs of this machine.
#pragma once

#include "measure/ping_pong.h"

namespace pinfold::measure {

/// The line is alone in memory that is new in each sample, and that the first CPU's thread is the
/// first to write: it is near that one. Each thread proves before and after that it is where it was
/// put; the caller sleeps meanwhile.
class HostPingPong : public PingPong {
 public:
  Result<Bounce> bounce(CpuId first, CpuId second, unsigned rounds) override;
};

}  // namespace pinfold::measure

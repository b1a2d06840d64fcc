// Surroundings as a test wants them.
#pragma once

#include <vector>

#include "measure/watch.h"

namespace pinfold::test {

class FakeSurroundings final : public measure::Surroundings {
 public:
  /// Added with each reading, of these CPUs or of all.
  measure::Counters step = {};
  CpuSet only = {};
  bool is_a_guest = false;
  bool is_unreadable = false;

  Result<measure::Counters> counters(const CpuSet& cpus) override {
    if (is_unreadable) return fail({.kind = ErrorKind::system, .text = "/proc/stat"});
    if (only.empty() || cpus == only) {
      now_.busy += step.busy;
      now_.stolen += step.stolen;
      now_.heat += step.heat;
      now_.throttled += step.throttled;
    }
    return now_;
  }
  bool is_virtual() override { return is_a_guest; }

 private:
  measure::Counters now_;
};

}  // namespace pinfold::test

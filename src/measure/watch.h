// Looks after the surroundings while something is measured.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "measure/surroundings.h"

namespace pinfold::measure {

/// Where counters come from; tests have their own.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  virtual Result<Counters> counters(const CpuSet& cpus) = 0;
  virtual bool is_virtual() = 0;

  /// Those of this system.
  static Surroundings& host();
};

/// That this is a virtual machine. It spoils no number, but what a row is called.
Doubt virtual_doubt();

/// The other CPUs of these CPUs' cores: who works there slows these down, and takes no time of
/// them.
CpuSet siblings_of(const Machine& machine, const CpuSet& cpus);

/// Adds up what the counters say of many short times. What others do on the CPUs themselves it does
/// not tell: who measures there sees that, and much better, from the time that he himself got.
class Watch {
 public:
  Watch(Surroundings& surroundings, const Machine& machine, CpuSet cpus);

  void begin();
  void end(std::uint64_t elapsed);

  [[nodiscard]] std::vector<Doubt> doubts() const;

 private:
  struct Part {
    CpuSet cpus = {};
    std::optional<Counters> at_begin = {};
    Counters sum = {};
  };
  void add_to(Part& part);

  Surroundings& surroundings_;
  Part own_;
  Part siblings_;
  std::uint64_t elapsed_ = 0;
};

}  // namespace pinfold::measure

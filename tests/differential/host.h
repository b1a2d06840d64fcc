// The machine under us, as far as a model of it goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>

#include "model/scenario/scenario.h"

namespace pinfold::test {

struct Host {
  std::string release;      ///< uname(2)
  std::string profile;      ///< the model's newest kernel that is not newer
  std::string description;  ///< the machine
  unsigned configured_cpus = 0;
  std::size_t mask_bytes = 0;  ///< of the kernel's mask
  CpuSet possible;
  CpuSet online;
  std::string nodes;  ///< NUMA nodes with memory, as cpuset.mems has them

  model::Hierarchy hierarchy = model::Hierarchy::none;
  std::string cpusets;     ///< the folder of the root cpuset
  std::string no_cpusets;  ///< why there are none for us; empty where there are
  bool emulator = false;   ///< nobody else uses this machine

  std::uint64_t permitted = 0;
  std::uint64_t bounding = 0;
  bool deadline_admission = true;

  /// What cannot be read throws std::runtime_error.
  static Host look();
  /// The settings of a scenario.
  [[nodiscard]] std::vector<model::Operation> settings() const;
};

}  // namespace pinfold::test

// A machine as the kernel numbers it: of each CPU, where it stands.
#pragma once

#include <span>
#include <vector>

#include <pinfold/machine.h>

#include "machine/membership.h"

namespace pinfold::sim {

/// Packages, with one more for the CPUs that stand in none: a kernel always has packages. And where
/// each core stands in its package.
class MachineView {
 public:
  explicit MachineView(const Machine& machine);

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] std::span<const Object> packages() const { return packages_; }
  [[nodiscard]] std::span<const Object> cores() const { return machine_.objects(Level::core); }

  /// Indices of packages() and cores(), for a CPU that is online.
  [[nodiscard]] std::size_t package_of(CpuId cpu) const { return package_.of(cpu); }
  [[nodiscard]] std::size_t core_of(CpuId cpu) const { return core_.of(cpu); }
  /// Cores are numbered in each package from 0.
  [[nodiscard]] unsigned core_id(CpuId cpu) const { return core_ids_[core_of(cpu)]; }
  [[nodiscard]] unsigned cores_in(std::size_t package) const { return cores_in_[package]; }

  /// nr_cpu_ids: as many bits has a mask.
  [[nodiscard]] unsigned bits() const;

 private:
  const Machine& machine_;
  std::vector<Object> packages_;
  Membership package_;
  Membership core_;
  std::vector<unsigned> core_ids_;
  std::vector<unsigned> cores_in_;
};

}  // namespace pinfold::sim

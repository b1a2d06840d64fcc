// What two CPUs share, and pairs that stand for each kind of it.
#pragma once

#include <array>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold::measure {

/// What two CPUs have in common: of several the nearest.
enum class Sharing {
  cpu,      ///< it is one CPU
  core,     ///< SMT siblings
  l2,       ///< cores with one L2
  l3,       ///< cores with one L3
  node,     ///< one NUMA node in one package, no cache
  package,  ///< one package, two nodes
  machine   ///< nothing but that
};
inline constexpr std::size_t sharing_count = 7;

/// "same CPU", "SMT siblings", "same L2", "same L3", "same node", "same package", "other package".
const char* name_of(Sharing sharing);

/// Finds out what CPUs share; reads nothing. Where a node reaches over several packages, its CPUs
/// share no more than the machine if their packages are not the same.
class Sharings {
 public:
  explicit Sharings(const Machine& machine);

  [[nodiscard]] Sharing of(CpuId a, CpuId b) const;

 private:
  // For each CPU, which object of a level has it; -1 for none.
  using Owners = std::vector<int>;
  static bool share(const Owners& owners, CpuId a, CpuId b);

  std::array<Owners, 3> caches_;  // core, L2, L3
  Owners nodes_;
  Owners packages_;
};

struct CpuPair {
  Sharing sharing = Sharing::cpu;
  CpuId first;
  CpuId second;
};

/// For each kind of sharing that there is among these CPUs, the nearest first, one pair: the first
/// CPU in the machine's order that has such a partner, and its first such partner. Where it can be
/// avoided, isolated and ordinary CPUs are not paired with each other; nor are CPUs of different
/// kinds; and ordinary CPUs are preferred.
std::vector<CpuPair> representative_pairs(const Machine& machine, const CpuSet& among);

}  // namespace pinfold::measure

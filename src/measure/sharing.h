// What two CPUs share, and pairs that stand for each kind of it.
#pragma once

#include <optional>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold::measure {

/// What two CPUs have in common: of several the nearest.
enum class Sharing {
  cpu,      ///< it is one CPU
  core,     ///< SMT siblings
  l2,       ///< cores with one L2
  l3,       ///< cores with one L3
  node,     ///< one NUMA node, no cache
  package,  ///< one package, two nodes
  machine   ///< nothing but that
};
inline constexpr std::size_t sharing_count = 7;

/// "same CPU", "SMT siblings", "same L2", "same L3", "same node", "same package", "other package".
const char* name_of(Sharing sharing);

/// Finds out what CPUs share; reads nothing.
class Sharings {
 public:
  explicit Sharings(const Machine& machine) : machine_(machine) {}

  [[nodiscard]] Sharing of(CpuId a, CpuId b) const;

 private:
  [[nodiscard]] bool share(Level level, CpuId a, CpuId b) const;

  Machine machine_;
};

struct CpuPair {
  Sharing sharing = Sharing::cpu;
  CpuId first;
  CpuId second;
};

/// For each kind of sharing that there is among these CPUs, the nearest first, one pair: the first
/// CPU in the machine's order that has such a partner, and its first such partner. Isolated and
/// ordinary CPUs are not paired with each other where it can be avoided.
std::vector<CpuPair> representative_pairs(const Machine& machine, const CpuSet& among);

}  // namespace pinfold::measure

#include "measure/sharing.h"

#include <algorithm>
#include <array>
#include <span>

namespace pinfold::measure {
namespace {

// The pair of that kind that comes first in the machine's order.
std::optional<CpuPair> find_pair(const Sharings& sharings, std::span<const CpuId> cpus,
                                 Sharing kind) {
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    for (std::size_t j = kind == Sharing::cpu ? i : i + 1; j < cpus.size(); ++j) {
      if (sharings.of(cpus[i], cpus[j]) == kind)
        return CpuPair{.sharing = kind, .first = cpus[i], .second = cpus[j]};
    }
  }
  return std::nullopt;
}

}  // namespace

const char* name_of(Sharing sharing) {
  static constexpr std::array<const char*, sharing_count> names = {
      "same CPU",  "SMT siblings", "same L2",      "same L3",
      "same node", "same package", "other package"};
  return names[static_cast<std::size_t>(sharing)];
}

bool Sharings::share(Level level, CpuId a, CpuId b) const {
  return std::ranges::any_of(machine_.objects(level), [&](const Object& object) {
    return object.cpus.contains(a) && object.cpus.contains(b);
  });
}

Sharing Sharings::of(CpuId a, CpuId b) const {
  if (a == b) return Sharing::cpu;
  static constexpr std::array<std::pair<Level, Sharing>, 5> order = {
      {{Level::core, Sharing::core},
       {Level::l2, Sharing::l2},
       {Level::l3, Sharing::l3},
       {Level::node, Sharing::node},
       {Level::package, Sharing::package}}};
  for (const auto& [level, sharing] : order) {
    if (share(level, a, b)) return sharing;
  }
  return Sharing::machine;
}

std::vector<CpuPair> representative_pairs(const Machine& machine, const CpuSet& among) {
  const Sharings sharings(machine);
  std::vector<CpuId> ordinary;
  std::vector<CpuId> all;
  for (const CpuId cpu : machine.cpus()) {
    if (!among.contains(cpu)) continue;
    all.push_back(cpu);
    if (!machine.isolated().contains(cpu)) ordinary.push_back(cpu);
  }
  std::vector<CpuPair> pairs;
  for (std::size_t i = 0; i < sharing_count; ++i) {
    const auto kind = static_cast<Sharing>(i);
    auto pair = find_pair(sharings, ordinary, kind);
    if (!pair) pair = find_pair(sharings, all, kind);
    if (pair) pairs.push_back(*pair);
  }
  return pairs;
}

}  // namespace pinfold::measure

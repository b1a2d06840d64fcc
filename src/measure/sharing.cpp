#include "measure/sharing.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace pinfold::measure {
namespace {

std::vector<int> owners_of(const Machine& machine, Level level) {
  std::vector<int> owners;
  int number = 0;
  for (const Object& object : machine.objects(level)) {
    for (const CpuId cpu : object.cpus) {
      if (owners.size() <= cpu.value()) owners.resize(cpu.value() + 1, -1);
      owners[cpu.value()] = number;
    }
    ++number;
  }
  return owners;
}

// How good a pair stands for its kind: 0 is best.
class Fitness {
 public:
  static constexpr unsigned best = 0;

  explicit Fitness(Machine machine) : machine_(std::move(machine)) {}

  [[nodiscard]] unsigned of(CpuId a, CpuId b) const {
    const CpuSet& isolated = machine_.isolated();
    const bool is_mixed = isolated.contains(a) != isolated.contains(b);
    const bool is_isolated = isolated.contains(a) && isolated.contains(b);
    const bool has_two_kinds = std::ranges::any_of(machine_.kinds(), [&](const CpuKind& kind) {
      return kind.cpus.contains(a) != kind.cpus.contains(b);
    });
    return (is_mixed ? 4U : 0U) + (is_isolated ? 2U : 0U) + (has_two_kinds ? 1U : 0U);
  }

 private:
  Machine machine_;
};

struct Candidate {
  CpuPair pair;
  unsigned fitness = Fitness::best;
};
using Candidates = std::array<std::optional<Candidate>, sharing_count>;

bool are_best(const Candidates& candidates) {
  return std::ranges::all_of(candidates, [](const std::optional<Candidate>& candidate) {
    return candidate && candidate->fitness == Fitness::best;
  });
}

}  // namespace

const char* name_of(Sharing sharing) {
  static constexpr std::array<const char*, sharing_count> names = {
      "same CPU",  "SMT siblings", "same L2",      "same L3",
      "same node", "same package", "other package"};
  return names[static_cast<std::size_t>(sharing)];
}

Sharings::Sharings(const Machine& machine)
    : caches_{owners_of(machine, Level::core), owners_of(machine, Level::l2),
              owners_of(machine, Level::l3)},
      nodes_(owners_of(machine, Level::node)),
      packages_(owners_of(machine, Level::package)) {}

bool Sharings::share(const Owners& owners, CpuId a, CpuId b) {
  if (std::max(a, b).value() >= owners.size()) return false;
  return owners[a.value()] >= 0 && owners[a.value()] == owners[b.value()];
}

Sharing Sharings::of(CpuId a, CpuId b) const {
  if (a == b) return Sharing::cpu;
  static constexpr std::array kinds = {Sharing::core, Sharing::l2, Sharing::l3};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (share(caches_[i], a, b)) return kinds[i];
  }
  // Not every machine tells of packages.
  if (!packages_.empty() && !share(packages_, a, b)) return Sharing::machine;
  if (share(nodes_, a, b)) return Sharing::node;
  return packages_.empty() ? Sharing::machine : Sharing::package;
}

std::vector<CpuPair> representative_pairs(const Machine& machine, const CpuSet& among) {
  const Sharings sharings(machine);
  const Fitness fitness(machine);
  std::vector<CpuId> cpus;
  std::ranges::copy_if(machine.cpus(), std::back_inserter(cpus),
                       [&](CpuId cpu) { return among.contains(cpu); });
  Candidates candidates;
  for (std::size_t i = 0; i < cpus.size() && !are_best(candidates); ++i) {
    for (const CpuId second : std::span(cpus).subspan(i)) {
      const Sharing kind = sharings.of(cpus[i], second);
      auto& candidate = candidates[static_cast<std::size_t>(kind)];
      if (candidate && candidate->fitness == Fitness::best) continue;
      const unsigned fit = fitness.of(cpus[i], second);
      if (candidate && candidate->fitness <= fit) continue;
      candidate =
          Candidate{.pair = {.sharing = kind, .first = cpus[i], .second = second}, .fitness = fit};
    }
  }
  std::vector<CpuPair> pairs;
  for (const auto& candidate : candidates) {
    if (candidate) pairs.push_back(candidate->pair);
  }
  return pairs;
}

}  // namespace pinfold::measure

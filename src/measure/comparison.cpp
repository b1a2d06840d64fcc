#include "measure/comparison.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pinfold::measure {
namespace {

// The kinds of the two CPUs, whoever is where.
std::array<std::ptrdiff_t, 2> kinds_of(const Machine& machine, const CpuPair& pair) {
  const auto kind_of = [kinds = machine.kinds()](CpuId cpu) {
    return std::ranges::find_if(kinds,
                                [&](const CpuKind& kind) { return kind.cpus.contains(cpu); }) -
           kinds.begin();
  };
  const std::ptrdiff_t first = kind_of(pair.first);
  const std::ptrdiff_t second = kind_of(pair.second);
  return {std::min(first, second), std::max(first, second)};
}

const PairRow* find_standard(const Machine& machine, const PairReport& report, const PairRow& row) {
  const PairRow* standard = nullptr;
  for (const PairRow& other : report.rows) {
    const bool fits = other.numbers && other.pair.sharing > Sharing::core &&
                      kinds_of(machine, other.pair) == kinds_of(machine, row.pair);
    if (fits && (!standard || standard->pair.sharing < other.pair.sharing)) standard = &other;
  }
  return standard;
}

}  // namespace

std::vector<Comparison> compare(const Machine& machine, const PairReport& report) {
  std::vector<Comparison> comparisons;
  for (const PairRow& row : report.rows) {
    if (!row.numbers) continue;
    const PairRow* const standard = find_standard(machine, report, row);
    if (!standard || standard == &row) continue;
    const Spread& one = row.numbers->real;
    const Spread& other = standard->numbers->real;
    if (other.median == 0) continue;
    comparisons.push_back({.sharing = row.pair.sharing,
                           .with = standard->pair.sharing,
                           .ratio = one.median / other.median,
                           .differs = one.low > other.high || one.high < other.low});
  }
  return comparisons;
}

}  // namespace pinfold::measure

#include "measure/matrix_summary.h"

#include <algorithm>
#include <array>

namespace pinfold::measure {
namespace {

// The object of each row, as its place in `objects`; of a CPU that stands in none, nothing.
using Membership = std::vector<std::optional<std::size_t>>;

Membership find_members(std::span<const Object> objects, const Matrix& matrix,
                        std::vector<std::size_t>& found) {
  Membership membership;
  for (const CpuId cpu : matrix.cpus()) {
    const auto object = std::ranges::find_if(
        objects, [&](const Object& candidate) { return candidate.cpus.contains(cpu); });
    if (object == objects.end()) {
      membership.emplace_back();
      continue;
    }
    const auto index = static_cast<std::size_t>(object - objects.begin());
    const auto known = std::ranges::find(found, index);
    membership.emplace_back(known - found.begin());
    if (known == found.end()) found.push_back(index);
  }
  return membership;
}

BlockLatencies latencies(Level level, std::vector<std::size_t> objects,
                         const Membership& membership, const Matrix& matrix) {
  const std::size_t count = objects.size();
  std::vector<std::vector<double>> numbers(count * count);
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      const auto& latency = matrix.at(a, b).one_way_ns;
      if (!latency || !membership[a] || !membership[b]) continue;
      const auto [low, high] = std::minmax(*membership[a], *membership[b]);
      numbers[low * count + high].push_back(latency->median);
    }
  }
  BlockLatencies blocks{.level = level, .objects = std::move(objects)};
  blocks.median_ns.resize(count, std::vector<std::optional<double>>(count));
  for (std::size_t low = 0; low < count; ++low) {
    for (std::size_t high = low; high < count; ++high) {
      auto& of_both = numbers[low * count + high];
      if (of_both.empty()) continue;
      const double median = spread_of(std::move(of_both)).median;
      blocks.median_ns[low][high] = median;
      blocks.median_ns[high][low] = median;
    }
  }
  return blocks;
}

}  // namespace

std::vector<SharingLatency> by_sharing(const Machine& machine, const Matrix& matrix) {
  const Sharings sharings(machine);
  std::array<std::vector<double>, sharing_count> numbers;
  std::array<std::size_t, sharing_count> unknown{};
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      const auto kind = static_cast<std::size_t>(sharings.of(matrix.cpus()[a], matrix.cpus()[b]));
      if (const auto& latency = matrix.at(a, b).one_way_ns) {
        numbers.at(kind).push_back(latency->median);
      } else {
        ++unknown.at(kind);
      }
    }
  }
  std::vector<SharingLatency> kinds;
  for (std::size_t kind = 0; kind < sharing_count; ++kind) {
    if (numbers.at(kind).empty() && unknown.at(kind) == 0) continue;
    kinds.push_back({.sharing = static_cast<Sharing>(kind),
                     .one_way_ns = spread_of(std::move(numbers.at(kind))),
                     .unknown = unknown.at(kind)});
  }
  return kinds;
}

std::optional<BlockLatencies> by_block(const Machine& machine, const Matrix& matrix,
                                       std::size_t most) {
  for (const Level level : {Level::l2, Level::l3, Level::node, Level::package}) {
    std::vector<std::size_t> objects;
    const Membership membership = find_members(machine.objects(level), matrix, objects);
    if (objects.size() < 2 || objects.size() > most || objects.size() == matrix.size()) continue;
    return latencies(level, std::move(objects), membership, matrix);
  }
  return std::nullopt;
}

}  // namespace pinfold::measure

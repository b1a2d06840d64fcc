#include "bench/heat_groups.h"

#include <algorithm>

namespace pinfold::tool {
namespace {

std::vector<HeatRun> runs_of(std::span<const Object> objects, const measure::Matrix& matrix) {
  std::vector<HeatRun> runs;
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    const auto found = std::ranges::find_if(
        objects, [&](const Object& object) { return object.cpus.contains(matrix.cpus()[row]); });
    std::optional<std::size_t> object;
    if (found != objects.end()) object = found - objects.begin();
    if (object && !runs.empty() && runs.back().object == object) {
      runs.back().last = row;
    } else {
      runs.push_back({.first = row, .last = row, .object = object});
    }
  }
  return runs;
}

bool are_same(const std::vector<HeatRun>& a, const std::vector<HeatRun>& b) {
  return std::ranges::equal(a, b, {}, &HeatRun::first, &HeatRun::first);
}

}  // namespace

bool HeatLevel::begins(std::size_t row) const {
  return std::ranges::find(runs, row, &HeatRun::first) != runs.end();
}

std::vector<HeatLevel> heat_levels(const Machine& machine, const measure::Matrix& matrix) {
  std::vector<HeatLevel> levels;
  for (const Level level : {Level::package, Level::node, Level::l3, Level::l2, Level::core}) {
    std::vector<HeatRun> runs = runs_of(machine.objects(level), matrix);
    if (runs.size() < 2 || std::ranges::all_of(runs, &HeatRun::is_one)) continue;
    if (!levels.empty() && are_same(levels.back().runs, runs)) {
      levels.back().names += std::string(", ") + name(level);
      continue;
    }
    levels.push_back({.level = level, .names = name(level), .runs = std::move(runs)});
  }
  return levels;
}

}  // namespace pinfold::tool

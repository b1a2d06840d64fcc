#include "plan/spread.h"

#include <algorithm>
#include <ranges>

#include "machine/membership.h"

namespace pinfold {
namespace {

constexpr Level all_levels[] = {Level::package, Level::node, Level::die,  Level::l3,
                                Level::cluster, Level::l2,   Level::core, Level::l1d};

// Those that divide the machine, smallest objects first. Which is larger, a node or a package, is
// different from machine to machine.
std::vector<Level> levels_of(const Machine& machine) {
  std::vector<std::pair<std::size_t, Level>> levels;
  for (const Level level : all_levels) {
    const std::span<const Object> objects = machine.objects(level);
    if (objects.empty()) continue;
    std::size_t largest = 0;
    for (const Object& object : objects)
      largest = std::max(largest, object.cpus.count());
    levels.emplace_back(largest, level);
  }
  std::ranges::stable_sort(levels, std::greater(), [](const auto& level) { return level.first; });
  std::vector<Level> smallest_first;
  for (const auto& [largest, level] : std::views::reverse(levels))
    smallest_first.push_back(level);
  return smallest_first;
}

// The first of each object, then the second of each, …
void take_turns(std::span<const Object> objects, std::vector<Piece>& pieces) {
  const Membership object(objects);
  struct Turn {
    std::size_t round;
    std::size_t object;
    std::size_t piece;
    auto operator<=>(const Turn&) const = default;
  };
  std::vector<std::size_t> seen(objects.size() + 1, 0);
  std::vector<Turn> turns;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::size_t where = object.of(pieces[i].front());
    turns.push_back({.round = seen[where]++, .object = where, .piece = i});
  }
  std::ranges::sort(turns);
  std::vector<Piece> ordered;
  ordered.reserve(pieces.size());
  for (const Turn& turn : turns)
    ordered.push_back(std::move(pieces[turn.piece]));
  pieces = std::move(ordered);
}

}  // namespace

// Among the cores first, then among what is larger: there each keeps the order that it has within.
void spread_out(const Machine& machine, std::vector<Piece>& pieces) {
  for (const Level level : levels_of(machine))
    take_turns(machine.objects(level), pieces);
}

}  // namespace pinfold

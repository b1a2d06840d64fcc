#include "machine/order.h"

#include <algorithm>
#include <limits>
#include <ranges>

namespace pinfold {
namespace {

std::size_t largest(const std::vector<Object>& objects) {
  std::size_t cpus = 0;
  for (const Object& object : objects)
    cpus = std::max(cpus, object.cpus.count());
  return cpus;
}

}  // namespace

std::vector<CpuId> logical_order(const MachineFacts& facts) {
  std::vector<CpuId> order;
  for (const CpuId cpu : facts.limits.cpus.online)
    order.push_back(cpu);
  if (order.empty()) return order;

  std::vector<std::pair<std::size_t, const std::vector<Object>*>> levels;
  const auto add = [&](const std::vector<Object>& objects) {
    if (objects.size() > 1) levels.emplace_back(largest(objects), &objects);
  };
  for (const std::vector<Object>& objects : facts.groups)
    add(objects);
  for (const std::vector<Object>& objects : facts.objects)
    add(objects);
  std::ranges::stable_sort(levels, std::greater(), [](const auto& level) { return level.first; });

  // By the smallest level first: each larger one keeps, within its objects, the order so far.
  // Who stands in nothing of a level keeps its place by the level below: its core stays together.
  std::vector<CpuId> first(order.back().value() + 1);
  for (const CpuId cpu : order)
    first[cpu.value()] = cpu;
  for (const auto& [size, objects] : std::views::reverse(levels)) {
    for (const Object& object : *objects) {
      const auto lowest = object.cpus.first();  // found once: it is far into a large set
      for (const CpuId cpu : object.cpus)
        first[cpu.value()] = *lowest;
    }
    const auto key = [&](CpuId cpu) { return first[cpu.value()]; };
    if (!std::ranges::is_sorted(order, {}, key)) std::ranges::stable_sort(order, {}, key);
  }
  return order;
}

void sort_objects(std::vector<Object>& objects, const std::vector<CpuId>& order) {
  if (objects.size() < 2) return;
  constexpr std::size_t last = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> position;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i].value() >= position.size()) position.resize(order[i].value() + 1, last);
    position[order[i].value()] = i;
  }
  std::vector<std::pair<std::size_t, std::size_t>> ranks;  // where its first CPU stands, which
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::size_t rank = last;
    for (const CpuId cpu : objects[i].cpus)
      rank = std::min(rank, position[cpu.value()]);
    ranks.emplace_back(rank, i);
  }
  if (std::ranges::is_sorted(ranks)) return;
  std::ranges::sort(ranks);
  std::vector<Object> sorted;
  sorted.reserve(objects.size());
  for (const auto& [rank, index] : ranks)
    sorted.push_back(std::move(objects[index]));
  objects = std::move(sorted);
}

}  // namespace pinfold

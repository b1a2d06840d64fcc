#include <algorithm>

#include <pinfold/machine.h>

#include "machine/facts.h"
#include "machine/order.h"

namespace pinfold {
namespace {

void keep_online(std::vector<Object>& objects, const CpuSet& online) {
  for (Object& object : objects)
    object.cpus &= online;
}

void drop_empty(std::vector<Object>& objects) {
  std::erase_if(objects, [](const Object& object) { return object.cpus.empty(); });
}

// Only CPUs that are online stand in objects; who has none left is gone, but a node has memory.
void keep_online(MachineFacts& facts) {
  const CpuSet& online = facts.limits.cpus.online;
  for (std::vector<Object>& objects : facts.objects) {
    keep_online(objects, online);
    if (&objects != &facts.objects[Level::node]) drop_empty(objects);
  }
  for (std::vector<Object>& objects : facts.groups) {
    keep_online(objects, online);
    drop_empty(objects);
  }
  for (CpuKind& kind : facts.kinds)
    kind.cpus &= online;
  std::erase_if(facts.kinds, [](const CpuKind& kind) { return kind.cpus.empty(); });
}

void complete_cores(MachineFacts& facts) {
  std::vector<Object>& cores = facts.objects[Level::core];
  CpuSet without = facts.limits.cpus.online;
  for (const Object& core : cores)
    without -= core.cpus;
  for (const CpuId cpu : without)
    cores.push_back({.cpus = {cpu}});
}

// A kernel without NUMA has all memory in one place.
void complete_nodes(MachineFacts& facts) {
  std::vector<Object>& nodes = facts.objects[Level::node];
  if (nodes.empty()) nodes.push_back({.cpus = facts.limits.cpus.online, .id = 0});
}

void complete_kinds(MachineFacts& facts) {
  std::vector<CpuKind>& kinds = facts.kinds;
  if (kinds.empty()) kinds.push_back({.cpus = facts.limits.cpus.online});
  for (CpuKind& kind : kinds)
    kind.name.clear();
  if (kinds.size() == 1) return;
  kinds.front().name = "E";
  kinds.back().name = "P";
}

// Rows and columns of distances stand in the order of the nodes' numbers.
std::vector<std::size_t> find_distance_rows(const std::vector<Object>& nodes) {
  std::vector<std::optional<unsigned>> numbers;
  for (const Object& node : nodes)
    numbers.push_back(node.id);
  std::ranges::sort(numbers);
  std::vector<std::size_t> rows;
  for (const Object& node : nodes) {
    const auto place = std::ranges::lower_bound(numbers, node.id);
    rows.push_back(static_cast<std::size_t>(place - numbers.begin()));
  }
  return rows;
}

}  // namespace

const char* name(Level level) {
  switch (level) {
    case Level::package:
      return "package";
    case Level::node:
      return "node";
    case Level::die:
      return "die";
    case Level::l3:
      return "l3";
    case Level::cluster:
      return "cluster";
    case Level::l2:
      return "l2";
    case Level::core:
      return "core";
    case Level::l1d:
      return "l1d";
  }
  return "unknown";
}

Machine::Machine(MachineFacts facts) {
  keep_online(facts);
  if (facts.parts.has(Level::node)) complete_nodes(facts);
  if (facts.parts.has(Level::core)) complete_cores(facts);
  if (facts.parts.has_kinds()) complete_kinds(facts);
  facts.order = logical_order(facts);
  for (std::vector<Object>& objects : facts.objects)
    sort_objects(objects, facts.order);
  facts.distance_rows = find_distance_rows(facts.objects[Level::node]);
  facts.allowed = facts.limits.usable();
  facts_ = std::make_shared<const MachineFacts>(std::move(facts));
}

bool Machine::is_host() const { return facts_->root && facts_->root->is_host(); }
const CpuSet& Machine::possible() const { return facts_->limits.cpus.possible; }
const CpuSet& Machine::present() const { return facts_->limits.cpus.present; }
const CpuSet& Machine::online() const { return facts_->limits.cpus.online; }
const CpuSet& Machine::isolated() const { return facts_->limits.cpus.isolated; }
const CpuSet& Machine::nohz_full() const { return facts_->limits.cpus.nohz_full; }
const CpuSet& Machine::allowed() const { return facts_->allowed; }
const Limits& Machine::limits() const { return facts_->limits; }
std::span<const Object> Machine::objects(Level level) const { return facts_->objects[level]; }
std::span<const CpuId> Machine::cpus() const { return facts_->order; }
std::span<const CpuKind> Machine::kinds() const { return facts_->kinds; }

std::optional<unsigned> Machine::distance(std::size_t from, std::size_t to) const {
  const auto& rows = facts_->distance_rows;
  const auto& distances = facts_->distances;
  if (from >= rows.size() || to >= rows.size() || rows[from] >= distances.size()) {
    return std::nullopt;
  }
  const std::vector<unsigned>& row = distances[rows[from]];
  if (rows[to] >= row.size()) return std::nullopt;
  return row[rows[to]];
}

}  // namespace pinfold

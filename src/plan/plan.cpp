#include <pinfold/cpu_list.h>
#include <pinfold/plan.h>

#include "base/try.h"
#include "plan/pieces.h"
#include "plan/policy.h"
#include "plan/spread.h"

namespace pinfold {
namespace {

Piece in_order(const Machine& machine, const CpuSet& place) {
  Piece cpus;
  for (const CpuId cpu : machine.cpus()) {
    if (place.contains(cpu)) cpus.push_back(cpu);
  }
  return cpus;
}

std::unexpected<Error> no_objects(const Machine& machine, Level level, const Piece& cpus) {
  const bool none = machine.objects(level).empty();
  std::string reason = none ? std::string("this machine tells of no ") + name(level)
                            : std::string("no ") + name(level) + " has CPUs of the place";
  reason += ": policies that can be served are ";
  bool first = true;
  for (const Policy policy : policies) {
    const auto needed = level_of(policy);
    if (needed && by_object(machine.objects(*needed), cpus).empty()) continue;
    if (!first) reason += ", ";
    reason += name(policy);
    first = false;
  }
  return fail({.kind = ErrorKind::no_such_object, .reason = std::move(reason)});
}

// What the slots are cut from: no slot has CPUs of two groups.
Result<std::vector<Piece>> groups_for(const Machine& machine, Policy policy, const Piece& cpus) {
  if (const auto level = level_of(policy)) {
    std::vector<Piece> groups = by_object(machine.objects(*level), cpus);
    if (groups.empty()) return no_objects(machine, *level, cpus);
    return groups;
  }
  if (policy != Policy::pu) return std::vector<Piece>{cpus};
  std::vector<Piece> groups;
  for (const CpuId cpu : cpus)
    groups.push_back({cpu});
  return groups;
}

// How many workers can have CPUs of their own.
std::size_t room_in(const std::vector<Piece>& groups, Policy policy) {
  if (policy == Policy::core || policy == Policy::pu) return groups.size();
  std::size_t cpus = 0;
  for (const Piece& group : groups)
    cpus += group.size();
  return cpus;
}

std::unexpected<Error> no_room(const PlanOptions& options, std::size_t room, const Piece& cpus) {
  std::string what = options.policy == Policy::core ? " core" : " CPU";
  if (room != 1) what += 's';
  const auto level = level_of(options.policy);
  if (level && level != Level::core && room < cpus.size()) {
    what += std::string(" in some ") + name(*level);
  }
  CpuSet place;
  for (const CpuId cpu : cpus)
    place.add(cpu);
  return fail({.kind = ErrorKind::no_room,
               .limit = to_cpu_list(place),
               .text = std::to_string(options.workers) + " workers",
               .reason = std::to_string(room) + what});
}

CpuSet set_of(const Piece& piece) {
  CpuSet cpus;
  for (const CpuId cpu : piece)
    cpus.add(cpu);
  return cpus;
}

}  // namespace

Result<std::vector<CpuSet>> plan(const Machine& machine, const PlanOptions& options) {
  if (options.workers == 0 || options.workers > most_workers) {
    return fail({.kind = ErrorKind::syntax,
                 .reason = "a plan is for 1 to " + std::to_string(most_workers) + " workers, not " +
                           std::to_string(options.workers)});
  }
  const CpuSet& place = options.place ? *options.place : machine.allowed();
  const Piece cpus = in_order(machine, place);
  if (cpus.empty()) return fail({.kind = ErrorKind::empty_set, .text = to_cpu_list(place)});

  TRY(const std::vector<Piece> groups, groups_for(machine, options.policy, cpus));
  const std::size_t room = room_in(groups, options.policy);
  if (options.workers > room && options.share == Share::no) return no_room(options, room, cpus);
  const std::size_t different = std::min<std::size_t>(options.workers, room);
  std::vector<Piece> pieces = cut(groups, deal(groups, different));
  balance(pieces);
  if (options.policy == Policy::spread) spread_out(machine, pieces);

  std::vector<CpuSet> slots;
  slots.reserve(options.workers);
  for (const Piece& piece : pieces)
    slots.push_back(set_of(piece));
  while (slots.size() < options.workers)
    slots.push_back(slots[slots.size() - different]);
  return slots;
}

std::string nodes_of(const Machine& machine, const CpuSet& cpus) {
  const std::span<const Object> nodes = machine.objects(Level::node);
  CpuSet numbers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].cpus.intersects(cpus)) continue;
    numbers.add(CpuId(nodes[i].id.value_or(static_cast<unsigned>(i))));
  }
  return to_cpu_list(numbers);
}

}  // namespace pinfold

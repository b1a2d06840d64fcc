// What holds for every plan: on any machine, place and policy, for any number of workers.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <pinfold/plan.h>

#include "support/make_machine.h"

namespace pinfold {
namespace {

std::vector<Policy> all_policies() {
  return {Policy::compact, Policy::spread,  Policy::core, Policy::l3,
          Policy::node,    Policy::package, Policy::pu};
}
std::vector<Policy> of_objects() {
  return {Policy::core, Policy::l3, Policy::node, Policy::package};
}
std::vector<Policy> cutting() {
  return {Policy::compact, Policy::spread, Policy::l3, Policy::node, Policy::package};
}

// Never without CPU 0, so that there is a machine and a place.
CpuSet some_of(unsigned cpus, unsigned percent) {
  CpuSet set{CpuId(0)};
  for (unsigned cpu = 1; cpu < cpus; ++cpu) {
    if (*rc::gen::inRange(0U, 100U) < percent) set.add(CpuId(cpu));
  }
  return set;
}

Machine any_machine() {
  auto builder = test::make_machine()
                     .packages(*rc::gen::inRange(1U, 4U))
                     .nodes(*rc::gen::inRange(1U, 3U))
                     .l3s(*rc::gen::inRange(1U, 4U))
                     .cores(*rc::gen::inRange(1U, 6U))
                     .smt(*rc::gen::element(1U, 2U, 4U));
  if (*rc::gen::arbitrary<bool>()) builder.numbered("core");
  MachineFacts facts = builder.facts();
  // Some cores that no L3 reaches, and some CPUs that are switched off.
  const bool hybrid = *rc::gen::arbitrary<bool>();
  for (const Object& core : facts.objects[Level::core]) {
    if (!hybrid || core.cpus.contains(CpuId(0)) || *rc::gen::arbitrary<bool>()) continue;
    for (Object& l3 : facts.objects[Level::l3])
      l3.cpus -= core.cpus;
  }
  CpuSet& online = facts.limits.cpus.online;
  online &= some_of(online.last()->value() + 1, *rc::gen::element(100U, 90U, 40U));
  return Machine(std::move(facts));
}

std::optional<Level> level_of(Policy policy) {
  for (const Level level : {Level::core, Level::l3, Level::node, Level::package}) {
    if (std::string_view(name(level)) == name(policy)) return level;
  }
  return std::nullopt;
}

CpuSet all_of(const std::vector<CpuSet>& sets) {
  CpuSet cpus;
  for (const CpuSet& set : sets)
    cpus |= set;
  return cpus;
}

struct Case {
  Machine machine;
  PlanOptions options;

  [[nodiscard]] CpuSet usable() const {
    return options.place ? *options.place & machine.online() : machine.allowed();
  }
  /// The CPUs of the place, object by object; for a policy without objects, in one.
  [[nodiscard]] std::vector<CpuSet> parts() const {
    const auto level = level_of(options.policy);
    if (!level) return {usable()};
    std::vector<CpuSet> parts;
    for (const Object& object : machine.objects(*level)) {
      if (object.cpus.intersects(usable())) parts.push_back(object.cpus & usable());
    }
    return parts;
  }
  /// How many workers can have CPUs of their own.
  [[nodiscard]] std::size_t room() const {
    return options.policy == Policy::core ? parts().size() : all_of(parts()).count();
  }
  [[nodiscard]] std::vector<CpuSet> slots() const { return plan(machine, options).value(); }
};

// With as many workers as there is room for, or with Share::yes also more.
Case any_case(const std::vector<Policy>& policies = all_policies(), Share share = Share::no) {
  Case c{.machine = any_machine(), .options = {}};
  c.options.policy = *rc::gen::elementOf(policies);
  c.options.share = share;
  if (*rc::gen::arbitrary<bool>()) {
    c.options.place =
        some_of(c.machine.possible().last()->value() + 1, *rc::gen::element(10U, 50U, 90U));
  }
  const auto most = static_cast<unsigned>(c.room()) * (share == Share::yes ? 3 : 1);
  c.options.workers = *rc::gen::inRange(1U, most + 1);
  return c;
}

bool differ_by_one_at_most(const std::vector<CpuSet>& slots) {
  const auto [least, most] = std::ranges::minmax(slots, {}, &CpuSet::count);
  return most.count() <= least.count() + 1;
}

RC_GTEST_PROP(PlanProperty, HasASlotOfThePlaceForEachWorkerAndOneSizeForAll, ()) {
  const Case c = any_case();
  const std::vector<CpuSet> slots = c.slots();
  RC_ASSERT(slots.size() == c.options.workers);
  RC_ASSERT(c.usable().contains(all_of(slots)));
  RC_ASSERT(std::ranges::none_of(slots, &CpuSet::empty));
  RC_ASSERT(differ_by_one_at_most(slots));
}

RC_GTEST_PROP(PlanProperty, IsRefusedToOneWorkerMoreThanThereIsRoomFor, ()) {
  Case c = any_case();
  c.options.workers = static_cast<unsigned>(c.room()) + *rc::gen::inRange(1U, 100U);
  const auto slots = plan(c.machine, c.options);
  RC_ASSERT(!slots.has_value());
  RC_ASSERT(slots.error().kind == ErrorKind::no_room);
}

RC_GTEST_PROP(PlanProperty, GivesNoCpuToTwoWorkers, ()) {
  const std::vector<CpuSet> slots = any_case().slots();
  std::size_t cpus = 0;
  for (const CpuSet& slot : slots)
    cpus += slot.count();
  RC_ASSERT(all_of(slots).count() == cpus);
}

RC_GTEST_PROP(PlanProperty, CompactAndSpreadUseTheWholePlace, ()) {
  const Case c = any_case({Policy::compact, Policy::spread});
  RC_ASSERT(all_of(c.slots()) == c.usable());
}

RC_GTEST_PROP(PlanProperty, SlotsLieInOneObjectEach, ()) {
  const Case c = any_case(of_objects());
  const std::vector<CpuSet> parts = c.parts();
  for (const CpuSet& slot : c.slots()) {
    RC_ASSERT(std::ranges::any_of(parts, [&](const CpuSet& part) { return part.contains(slot); }));
  }
}

RC_GTEST_PROP(PlanProperty, NobodySharesAnObjectWhereThereIsOneForEach, ()) {
  Case c = any_case(of_objects());
  const std::vector<CpuSet> parts = c.parts();
  c.options.workers = std::min(c.options.workers, static_cast<unsigned>(parts.size()));
  const std::vector<CpuSet> slots = c.slots();
  for (const CpuSet& part : parts) {
    RC_ASSERT(std::ranges::count_if(
                  slots, [&](const CpuSet& slot) { return slot.intersects(part); }) <= 1);
  }
}

RC_GTEST_PROP(PlanProperty, NoLargerSlotsCouldBeCutFromTheObjects, ()) {
  const Case c = any_case(cutting());
  const std::vector<CpuSet> parts = c.parts();
  RC_PRE(c.options.workers >= parts.size());
  const std::size_t larger = std::ranges::min(c.slots(), {}, &CpuSet::count).count() + 1;
  std::size_t workers = 0;
  for (const CpuSet& part : parts)
    workers += part.count() / larger;
  // With an object for each, it is the smallest object that counts.
  RC_ASSERT(workers < c.options.workers || c.options.workers == parts.size());
}

RC_GTEST_PROP(PlanProperty, CpusOfASlotAreNeighboursInThePlace, ()) {
  // Not l3: cores without one may stand between cores of one L3.
  const Case c = any_case(
      {Policy::compact, Policy::spread, Policy::core, Policy::node, Policy::package, Policy::pu});
  std::vector<CpuId> order;
  std::ranges::copy_if(c.machine.cpus(), std::back_inserter(order),
                       [usable = c.usable()](CpuId cpu) { return usable.contains(cpu); });
  for (const CpuSet& slot : c.slots()) {
    const auto inside = [&](CpuId cpu) { return slot.contains(cpu); };
    const auto first = std::ranges::find_if(order, inside);
    const auto end = std::find_if_not(first, order.end(), inside);
    RC_ASSERT(static_cast<std::size_t>(end - first) == slot.count());
  }
}

RC_GTEST_PROP(PlanProperty, SpreadNumbersTheSlotsOfCompactFromPackageToPackage, ()) {
  Case c = any_case({Policy::compact});
  const std::vector<CpuSet> compact = c.slots();
  c.options.policy = Policy::spread;
  const std::vector<CpuSet> spread = c.slots();
  RC_ASSERT(std::ranges::is_permutation(spread, compact));

  // A slot stands where its first CPU in logical order does.
  const auto package = [&](const CpuSet& slot) {
    const CpuId first =
        *std::ranges::find_if(c.machine.cpus(), [&](CpuId cpu) { return slot.contains(cpu); });
    return std::ranges::find_if(c.machine.objects(Level::package),
                                [&](const Object& object) { return object.cpus.contains(first); }) -
           c.machine.objects(Level::package).begin();
  };
  // After k rounds each package has given k slots, or all that it has.
  std::map<std::ptrdiff_t, std::size_t> all;
  for (const CpuSet& slot : spread)
    ++all[package(slot)];
  std::map<std::ptrdiff_t, std::size_t> given;
  for (const CpuSet& slot : spread) {
    const std::size_t round = given[package(slot)]++;
    for (const auto& [other, slots] : all)
      RC_ASSERT(given[other] >= std::min(round, slots));
  }
}

RC_GTEST_PROP(PlanProperty, SharedSlotsGoRoundAndLoadDiffersByOneWorker, ()) {
  const Case c = any_case(all_policies(), Share::yes);
  const std::vector<CpuSet> slots = c.slots();
  RC_ASSERT(slots.size() == c.options.workers);
  for (std::size_t i = c.room(); i < slots.size(); ++i)
    RC_ASSERT(slots[i] == slots[i - c.room()]);
  std::vector<std::ptrdiff_t> load;
  for (const CpuId cpu : all_of(slots)) {
    load.push_back(
        std::ranges::count_if(slots, [&](const CpuSet& slot) { return slot.contains(cpu); }));
  }
  const auto [least, most] = std::ranges::minmax(load);
  RC_ASSERT(most <= least + 1);
}

RC_GTEST_PROP(PlanProperty, IsTheSameEachTime, ()) {
  const Case c = any_case();
  RC_ASSERT(c.slots() == c.slots());
}

}  // namespace
}  // namespace pinfold

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <pinfold/plan.h>

#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::make_machine;
using testing::ElementsAre;

// Two packages, each with two L3s of two cores, each with two PUs that are neighbours: 0-15.
Machine two_packages() { return make_machine().packages(2).l3s(2).cores(2).smt(2).build(); }

// Cores of low power that no L3 reaches.
Machine without_l3(const test::MachineBuilder& builder, const char* list) {
  MachineFacts facts = builder.facts();
  for (Object& l3 : facts.objects[Level::l3])
    l3.cpus -= cpus(list);
  return Machine(std::move(facts));
}

// The slots as CPU lists; or what is wrong.
std::vector<std::string> slots(const Machine& machine, const PlanOptions& options) {
  const auto planned = plan(machine, options);
  if (!planned) return {message(planned.error())};
  std::vector<std::string> lists;
  for (const CpuSet& slot : *planned)
    lists.push_back(to_cpu_list(slot));
  return lists;
}

std::vector<std::string> slots(const Machine& machine, unsigned workers, Policy policy,
                               const char* place = nullptr) {
  PlanOptions options{.workers = workers, .policy = policy};
  if (place) options.place = cpus(place);
  return slots(machine, options);
}

Error refusal(const Machine& machine, const PlanOptions& options) {
  const auto planned = plan(machine, options);
  if (!planned) return planned.error();
  ADD_FAILURE() << "there is a plan";
  return {};
}

TEST(PlanCompact, CutsThePlaceIntoNeighbouringPieces) {
  EXPECT_THAT(slots(two_packages(), 1, Policy::compact), ElementsAre("0-15"));
  EXPECT_THAT(slots(two_packages(), 4, Policy::compact),
              ElementsAre("0-3", "4-7", "8-11", "12-15"));
  EXPECT_THAT(slots(two_packages(), 2, Policy::compact, "2-5,8-11"), ElementsAre("2-5", "8-11"));
}

TEST(PlanCompact, KeepsSiblingsTogetherWhateverTheirNumbers) {
  EXPECT_THAT(slots(make_machine().cores(4).smt(2).numbered("core").build(), 4, Policy::compact),
              ElementsAre("0,4", "1,5", "2,6", "3,7"));
}

TEST(PlanCompact, OddCpusAreSpreadSoThatEqualHalvesStayApart) {
  EXPECT_THAT(slots(make_machine().packages(2).cores(5).build(), 4, Policy::compact),
              ElementsAre("0-2", "3-4", "5-7", "8-9"));
  EXPECT_THAT(slots(make_machine().cores(8).build(), 3, Policy::compact),
              ElementsAre("0-2", "3-5", "6-7"));
}

TEST(PlanSpread, NumbersThePiecesOfCompactByTurnsOfWhatIsLargest) {
  EXPECT_THAT(slots(two_packages(), 4, Policy::spread), ElementsAre("0-3", "8-11", "4-7", "12-15"));
  EXPECT_THAT(slots(two_packages(), 8, Policy::spread),
              ElementsAre("0-1", "8-9", "4-5", "12-13", "2-3", "10-11", "6-7", "14-15"));
}

TEST(PlanSpread, SiblingsComeLast) {
  EXPECT_THAT(slots(make_machine().cores(2).smt(2).build(), 4, Policy::spread),
              ElementsAre("0", "2", "1", "3"));
}

TEST(PlanSpread, GoesOnWhereOthersHaveNoPiecesLeft) {
  EXPECT_THAT(slots(two_packages(), 6, Policy::spread, "0,4-5,8-10"),
              ElementsAre("0", "8", "4", "10", "5", "9"));
}

// A board where a node holds two packages.
TEST(PlanSpread, TakesWhatIsLargerFirstEvenWhereItIsTheNode) {
  MachineFacts facts = make_machine().packages(4).cores(1).facts();
  facts.objects[Level::node] = {{.cpus = cpus("0-1"), .id = 0}, {.cpus = cpus("2-3"), .id = 1}};
  EXPECT_THAT(slots(Machine(facts), {.workers = 4, .policy = Policy::spread}),
              ElementsAre("0", "2", "1", "3"));
}

TEST(PlanCore, GivesAWholeCoreToEachWorker) {
  EXPECT_THAT(slots(two_packages(), 3, Policy::core), ElementsAre("0-1", "2-3", "4-5"));
  EXPECT_THAT(slots(make_machine().cores(2).smt(2).numbered("core").build(), 2, Policy::core),
              ElementsAre("0,2", "1,3"));
}

TEST(PlanCore, MeansTheCpusOfTheCoreThatLieInThePlace) {
  EXPECT_THAT(slots(two_packages(), 3, Policy::core, "1-5"), ElementsAre("1", "2-3", "4-5"));
}

TEST(PlanCore, TakesTheLargestCoresFirst) {
  EXPECT_THAT(slots(two_packages(), 2, Policy::core, "1-5"), ElementsAre("2-3", "4-5"));
}

TEST(PlanPu, GivesASingleCpuToEachWorkerInLogicalOrder) {
  EXPECT_THAT(slots(two_packages(), 3, Policy::pu), ElementsAre("0", "1", "2"));
  EXPECT_THAT(slots(make_machine().cores(2).smt(2).numbered("core").build(), 3, Policy::pu),
              ElementsAre("0", "2", "1"));
}

TEST(PlanObjects, GiveEachWorkerOneOfHisOwnWhereThereAreEnough) {
  EXPECT_THAT(slots(two_packages(), 2, Policy::package), ElementsAre("0-7", "8-15"));
  EXPECT_THAT(slots(two_packages(), 2, Policy::l3), ElementsAre("0-3", "4-7"));
  EXPECT_THAT(slots(make_machine().packages(2).nodes(2).cores(2).build(), 3, Policy::node),
              ElementsAre("0-1", "2-3", "4-5"));
}

TEST(PlanObjects, OfDifferentSizesAreTrimmedToDifferByOneAtMost) {
  EXPECT_THAT(slots(two_packages(), 4, Policy::l3, "2-15"),
              ElementsAre("2-3", "4-6", "8-10", "12-14"));
}

TEST(PlanObjects, WithFewCpusInThePlaceAreLeftToTheLast) {
  EXPECT_THAT(slots(two_packages(), 3, Policy::l3, "3-15"), ElementsAre("4-7", "8-11", "12-15"));
}

TEST(PlanObjects, AreCutWhereThereAreMoreWorkers) {
  EXPECT_THAT(slots(two_packages(), 4, Policy::package),
              ElementsAre("0-3", "4-7", "8-11", "12-15"));
  // Two workers in the first package have four CPUs each, so that the third has five and no more.
  EXPECT_THAT(slots(two_packages(), 3, Policy::package), ElementsAre("0-3", "4-7", "8-12"));
}

TEST(PlanObjects, MakeTheSmallestSlotAsLargeAsItCanBe) {
  // A worker in the second package would have CPU 8 alone.
  EXPECT_THAT(slots(two_packages(), 3, Policy::package, "0-8"), ElementsAre("0-2", "3-5", "6-7"));
  EXPECT_THAT(slots(make_machine().packages(2).cores(12).build(), 3, Policy::package, "0-11,12-13"),
              ElementsAre("0-3", "4-7", "8-11"));
}

TEST(PlanObjects, CpusThatStandInNoneGetNoWorker) {
  const Machine hybrid = without_l3(make_machine().l3s(1).cores(6), "4-5");
  EXPECT_THAT(slots(hybrid, 2, Policy::l3), ElementsAre("0-1", "2-3"));
  EXPECT_THAT(slots(hybrid, 5, Policy::l3),
              ElementsAre("5 workers have no room: 0-5 has 4 CPUs in some l3"));
}

// Siblings of such a core have numbers that are far from each other, with those of L3s between.
TEST(PlanCompact, KeepsSiblingsTogetherAlsoWhereTheyHaveNoL3) {
  EXPECT_THAT(slots(without_l3(make_machine().l3s(2).cores(2).smt(2).numbered("core"), "1,5"), 4,
                    Policy::compact),
              testing::UnorderedElementsAre("0,4", "1,5", "2,6", "3,7"));
}

TEST(PlanObjects, ThatTheMachineDoesNotTellOfAreAnErrorThatNamesWhatThereIs) {
  const Error error =
      refusal(make_machine().cores(4).build(), {.workers = 2, .policy = Policy::l3});
  EXPECT_EQ(error.kind, ErrorKind::no_such_object);
  EXPECT_EQ(message(error),
            "this machine tells of no l3: policies that can be served are compact, spread, core, "
            "node, pu");
}

TEST(PlanObjects, ThatStandElsewhereAreAnErrorToo) {
  const Error error = refusal(without_l3(make_machine().l3s(1).cores(6), "4-5"),
                              {.workers = 1, .policy = Policy::l3, .place = cpus("4-5")});
  EXPECT_EQ(error.kind, ErrorKind::no_such_object);
  EXPECT_EQ(message(error),
            "no l3 has CPUs of the place: policies that can be served are compact, spread, core, "
            "node, pu");
}

TEST(Plan, WithoutAPlaceTakesWhatTheMachineAllows) {
  MachineFacts facts = make_machine().cores(8).facts();
  facts.limits.cpuset = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("2-5")};
  EXPECT_THAT(slots(Machine(facts), {.workers = 2}), ElementsAre("2-3", "4-5"));
}

TEST(Plan, CpusThatAreOfflineGetNoWorker) {
  EXPECT_THAT(slots(make_machine().cores(8).offline("1,6").build(), 3, Policy::compact, "0-7,99"),
              ElementsAre("0,2", "3-4", "5,7"));
}

TEST(Plan, OfAPlaceWithoutCpusIsAnError) {
  EXPECT_EQ(refusal(make_machine().cores(2).build(), {.workers = 1, .place = CpuSet()}).kind,
            ErrorKind::empty_set);
  const Error error =
      refusal(make_machine().cores(2).offline("1").build(), {.workers = 1, .place = cpus("1")});
  EXPECT_EQ(error.kind, ErrorKind::empty_set);
  EXPECT_EQ(error.text, "1");
}

TEST(Plan, ForNobodyOrForTooManyIsAnError) {
  for (const unsigned workers : {0U, most_workers + 1}) {
    const Error error =
        refusal(make_machine().cores(2).build(), {.workers = workers, .share = Share::yes});
    EXPECT_EQ(error.kind, ErrorKind::syntax);
    EXPECT_EQ(message(error), "a plan is for 1 to 1048576 workers, not " + std::to_string(workers));
  }
}

TEST(Plan, ForMoreWorkersThanThereIsRoomForIsAnErrorWithAWayOut) {
  const Error cpu = refusal(two_packages(), {.workers = 17});
  EXPECT_EQ(cpu.kind, ErrorKind::no_room);
  EXPECT_EQ(message(cpu), "17 workers have no room: 0-15 has 16 CPUs");
  EXPECT_EQ(hint(cpu), "--share gives several workers the same CPUs");
  const Error core = refusal(two_packages(), {.workers = 9, .policy = Policy::core});
  EXPECT_EQ(message(core), "9 workers have no room: 0-15 has 8 cores");
  const Error pu =
      refusal(two_packages(), {.workers = 2, .policy = Policy::pu, .place = cpus("3")});
  EXPECT_EQ(message(pu), "2 workers have no room: 3 has 1 CPU");
}

TEST(Plan, SharesByTurnsOnlyWhereThereIsNoRoom) {
  const Machine machine = make_machine().cores(2).smt(2).build();
  const auto shared = [&](unsigned workers, Policy policy) {
    return slots(machine, {.workers = workers, .policy = policy, .share = Share::yes});
  };
  EXPECT_THAT(shared(2, Policy::compact), ElementsAre("0-1", "2-3"));
  EXPECT_THAT(shared(6, Policy::compact), ElementsAre("0", "1", "2", "3", "0", "1"));
  EXPECT_THAT(shared(6, Policy::spread), ElementsAre("0", "2", "1", "3", "0", "2"));
  EXPECT_THAT(shared(3, Policy::core), ElementsAre("0-1", "2-3", "0-1"));
}

TEST(Plan, SaysTheNodesOfASlotByTheKernelsNumbers) {
  MachineFacts facts = make_machine().packages(2).nodes(2).cores(2).facts();
  for (Object& node : facts.objects[Level::node])
    node.id = *node.id * 8;
  const Machine machine(facts);
  EXPECT_EQ(nodes_of(machine, cpus("0-1")), "0");
  EXPECT_EQ(nodes_of(machine, cpus("1-2,7")), "0,8,24");
  EXPECT_EQ(nodes_of(machine, cpus("99")), "");
}

}  // namespace
}  // namespace pinfold

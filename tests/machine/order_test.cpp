// Logical order, and what a Machine makes of what is offline.
#include "machine/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/make_machine.h"

namespace pinfold::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<unsigned> cpu_order(const Machine& machine) {
  std::vector<unsigned> order;
  for (const CpuId cpu : machine.cpus())
    order.push_back(cpu.value());
  return order;
}

TEST(Order, FollowsTheMachineFromTheLargestToTheSmallest) {
  const Machine machine = make_machine().packages(2).l3s(2).cores(2).smt(2).build();
  EXPECT_THAT(cpu_order(machine),
              ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-7", "8-15"));
  EXPECT_THAT(lists(machine, Level::l3), ElementsAre("0-3", "4-7", "8-11", "12-15"));
  EXPECT_THAT(lists(machine, Level::core),
              ElementsAre("0-1", "2-3", "4-5", "6-7", "8-9", "10-11", "12-13", "14-15"));
}

TEST(Order, PutsSiblingsTogetherThatAreNumberedApart) {
  const Machine machine = make_machine().packages(2).cores(2).smt(2).numbered("core").build();
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0,4", "1,5", "2,6", "3,7"));
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-1,4-5", "2-3,6-7"));
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 4, 1, 5, 2, 6, 3, 7));
}

TEST(Order, KeepsPackagesTogetherWhoseNumbersAlternate) {
  const Machine machine = make_machine().packages(2).cores(2).smt(2).numbered("pack:core").build();
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0,2,4,6", "1,3,5,7"));
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0,4", "2,6", "1,5", "3,7"));
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 4, 2, 6, 1, 5, 3, 7));
}

TEST(Order, GoesThroughANodeThatIsLargerThanAPackage) {
  // Level says packages are larger than nodes; here it is the other way round.
  const Machine machine =
      make_machine().nodes(2).packages(2).cores(2).numbered("numa:pack").build();
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("0,2,4,6", "1,3,5,7"));
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0,4", "2,6", "1,5", "3,7"));
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 4, 2, 6, 1, 5, 3, 7));
}

TEST(Order, PutsThatOfTheLowestCpuFirst) {
  const Machine machine = make_machine().packages(2).cores(2).numbered("2,3,0,1").build();
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-1", "2-3"));
  EXPECT_EQ(machine.objects(Level::package)[0].id, 1U);
}

TEST(Order, TakesNumbersWithHoles) {
  const Machine machine = make_machine().packages(2).cores(2).numbered("0,8,64,1030").build();
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 8, 64, 1030));
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0,8", "64,1030"));
}

TEST(Order, OfAHybridHasItsCoresByNumber) {
  const Machine machine =
      make_machine().packages(1).l3s(1).l2s(2).cores(1).smt(2).efficiency_cores(8).build();
  EXPECT_THAT(lists(machine, Level::l2), ElementsAre("0-1", "2-3", "4-7", "8-11"));
  EXPECT_THAT(lists(machine, Level::l3), ElementsAre("0-11"));
  EXPECT_THAT(lists(machine, Level::core),
              ElementsAre("0-1", "2-3", "4", "5", "6", "7", "8", "9", "10", "11"));
  ASSERT_EQ(machine.kinds().size(), 2U);
  EXPECT_EQ(machine.kinds()[0].name, "E");
  EXPECT_EQ(machine.kinds()[0].cpus, CpuSet::range(CpuId(4), CpuId(11)));
  EXPECT_EQ(machine.kinds()[1].name, "P");
}

TEST(Order, OfAHybridWithTwoPackagesGoesPackageByPackage) {
  const Machine machine =
      make_machine().packages(2).l2s(1).cores(1).smt(2).efficiency_cores(4).build();
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-1,4-7", "2-3,8-11"));
  EXPECT_THAT(lists(machine, Level::l2), ElementsAre("0-1", "4-7", "2-3", "8-11"));
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 1, 4, 5, 6, 7, 2, 3, 8, 9, 10, 11));
}

TEST(Machine, LeavesOutWhatIsOfflineButKeepsNodes) {
  const Machine machine =
      make_machine().packages(2).nodes(1).cores(2).smt(2).offline("1,4-7").build();
  EXPECT_THAT(cpu_order(machine), ElementsAre(0, 2, 3));
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0", "2-3"));
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0,2-3"));
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("0,2-3", ""));
}

TEST(Machine, PutsNodesWithoutCpusLast) {
  const Machine machine = make_machine().packages(3).nodes(1).cores(2).offline("0-1").build();
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("2-3", "4-5", ""));
  EXPECT_EQ(machine.objects(Level::node)[2].id, 0U);
}

TEST(Machine, MakesEachPuWithoutACoreOne) {
  const Machine machine = make_machine().packages(2).smt(2).build();
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(lists(machine, Level::l3), IsEmpty());
}

TEST(Machine, HasOneKindWithoutANameWhereAllCpusAreAlike) {
  const Machine machine = make_machine().cores(2).build();
  ASSERT_EQ(machine.kinds().size(), 1U);
  EXPECT_EQ(machine.kinds()[0].name, "");
  EXPECT_EQ(machine.kinds()[0].cpus, machine.online());
}

TEST(Machine, HasOneKindWhereTheOtherIsOffline) {
  const Machine machine =
      make_machine().packages(1).cores(2).efficiency_cores(2).offline("2-3").build();
  ASSERT_EQ(machine.kinds().size(), 1U);
  EXPECT_EQ(machine.kinds()[0].name, "");
}

TEST(Machine, TellsDistancesByLogicalIndex) {
  // Logical order is 3, 5, 1 (without CPUs); rows and columns go by number: 1, 3, 5.
  MachineFacts facts = make_machine().packages(3).nodes(1).cores(1).offline("2").facts();
  std::vector<Object>& nodes = facts.objects[Level::node];
  nodes[0].id = 3;
  nodes[1].id = 5;
  nodes[2].id = 1;
  facts.distances = {{10, 13, 15}, {31, 10, 35}, {51, 53, 10}};
  const Machine machine(std::move(facts));
  ASSERT_THAT(lists(machine, Level::node), ElementsAre("0", "1", ""));
  EXPECT_EQ(machine.distance(0, 0), 10U);
  EXPECT_EQ(machine.distance(0, 1), 35U);
  EXPECT_EQ(machine.distance(1, 0), 53U);
  EXPECT_EQ(machine.distance(0, 2), 31U);
  EXPECT_EQ(machine.distance(2, 1), 15U);
  EXPECT_EQ(machine.distance(0, 3), std::nullopt);
}

TEST(Machine, DoesNotKnowDistancesThatNobodyTold) {
  MachineFacts facts = make_machine().packages(2).nodes(1).facts();
  facts.distances.clear();
  EXPECT_EQ(Machine(std::move(facts)).distance(0, 1), std::nullopt);
}

TEST(Machine, AllowsWhatIsOnlineAndInItsCpuset) {
  const Machine machine = make_machine()
                              .cores(8)
                              .possible(16)
                              .offline("3")
                              .cpuset("2-5")
                              .isolated("6")
                              .nohz_full("7")
                              .build();
  EXPECT_EQ(machine.allowed(), (CpuSet{CpuId(2), CpuId(4), CpuId(5)}));
  EXPECT_EQ(machine.isolated(), CpuSet{CpuId(6)});
  EXPECT_EQ(machine.nohz_full(), CpuSet{CpuId(7)});
  EXPECT_EQ(machine.possible().count(), 16U);
  EXPECT_EQ(machine.present().count(), 8U);
}

}  // namespace
}  // namespace pinfold::test

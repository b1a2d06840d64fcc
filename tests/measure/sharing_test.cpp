// What CPUs share, and which pairs stand for it, on machines that nobody here has.
#include "measure/sharing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::make_machine;

// "SMT siblings 0-1", …
std::vector<std::string> pairs_of(const Machine& machine, const CpuSet& among) {
  std::vector<std::string> texts;
  for (const CpuPair& pair : representative_pairs(machine, among)) {
    texts.push_back(std::string(name_of(pair.sharing)) + ' ' + std::to_string(pair.first.value()) +
                    '-' + std::to_string(pair.second.value()));
  }
  return texts;
}
std::vector<std::string> pairs_of(const Machine& machine) {
  return pairs_of(machine, machine.allowed());
}

using Texts = std::vector<std::string>;

TEST(RepresentativePairs, OfAServerAreOneForEachKindOfSharing) {
  const Machine machine = make_machine().packages(2).nodes(2).l3s(2).l2s(2).cores(2).smt(2).build();
  EXPECT_EQ(pairs_of(machine),
            (Texts{"same CPU 0-0", "SMT siblings 0-1", "same L2 0-2", "same L3 0-4",
                   "same node 0-8", "same package 0-16", "other package 0-32"}));
}

TEST(RepresentativePairs, FollowTheTopologyAndNotTheNumbers) {
  const Machine machine =
      make_machine().packages(2).l3s(1).cores(4).smt(2).numbered("pack:core").build();
  EXPECT_EQ(pairs_of(machine),
            (Texts{"same CPU 0-0", "SMT siblings 0-8", "same L3 0-2", "other package 0-1"}));
}

TEST(RepresentativePairs, OfOneCpuAreThatCpuWithItself) {
  EXPECT_EQ(pairs_of(make_machine().cores(1).build()), Texts{"same CPU 0-0"});
}

TEST(RepresentativePairs, StayWithinTheCpusThatMayBeUsed) {
  const Machine machine = make_machine().packages(2).l3s(1).cores(2).smt(2).cpuset("3-5").build();
  EXPECT_EQ(pairs_of(machine), (Texts{"same CPU 3-3", "SMT siblings 4-5", "other package 3-4"}));
  EXPECT_EQ(pairs_of(machine, {}), Texts{});
}

TEST(RepresentativePairs, AreOfOrdinaryCpusWhereTheseCanStandForAll) {
  const Machine machine = make_machine().l3s(1).cores(4).smt(2).isolated("0-3").build();
  EXPECT_EQ(pairs_of(machine), (Texts{"same CPU 4-4", "SMT siblings 4-5", "same L3 4-6"}));
}

TEST(RepresentativePairs, RatherPairIsolatedCpusThanOneOfThemWithAnOrdinaryOne) {
  const Machine machine = make_machine().l3s(2).cores(2).isolated("1-3").build();
  EXPECT_EQ(pairs_of(machine), (Texts{"same CPU 0-0", "same L3 2-3", "same node 1-2"}));
}

TEST(RepresentativePairs, AreOfOneKindOfCpusWhereThatCanBe) {
  // P cores with two CPUs, 0-7, and E cores, of which four share an L2: 8-15.
  const Machine machine =
      make_machine().packages(1).l3s(1).l2s(4).cores(1).smt(2).efficiency_cores(8).build();
  EXPECT_EQ(pairs_of(machine),
            (Texts{"same CPU 0-0", "SMT siblings 0-1", "same L2 8-9", "same L3 0-2"}));
}

TEST(Sharing, OfTwoPackagesInOneNodeIsTheMachine) {
  const Machine machine = make_machine().packages(2).cores(2).build();
  EXPECT_EQ(Sharings(machine).of(CpuId(0), CpuId(1)), Sharing::node);
  EXPECT_EQ(Sharings(machine).of(CpuId(0), CpuId(2)), Sharing::machine);
}

TEST(Sharing, OfACpuThatIsOfflineIsTheMachine) {
  const Machine machine = make_machine().l3s(1).cores(4).offline("3").build();
  EXPECT_EQ(Sharings(machine).of(CpuId(0), CpuId(3)), Sharing::machine);
  EXPECT_EQ(Sharings(machine).of(CpuId(0), CpuId(1000)), Sharing::machine);
}

TEST(RepresentativePairs, OfAMachineWithThousandsOfCpusTakeNoMinute) {
  const Machine machine = make_machine().packages(16).l3s(16).cores(8).smt(2).build();
  ASSERT_EQ(machine.cpus().size(), 4096U);
  EXPECT_EQ(pairs_of(machine).size(), 5U);
}

}  // namespace
}  // namespace pinfold::measure

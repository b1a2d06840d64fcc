// Which rows get numbers and what is said of them, with a machine, a clock and processes that do
// what the test says.
#include "measure/pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "measure/comparison.h"
#include "measure/fakes.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::cpus;
using test::FakeSurroundings;
using test::make_machine;
using testing::HasSubstr;

constexpr std::uint64_t ms = 1'000'000;

// Processes that take a millisecond for each call and double that on one core.
class FakePair final : public PairRunner {
 public:
  std::vector<Sharing> order;
  std::map<Sharing, std::uint64_t> lost = {};       // by others, in each run
  std::map<Sharing, unsigned> disturbed_runs = {};  // how many of them; all without a number
  std::optional<Sharing> astray;

  Result<PairTimes> run(const CpuPair& pair, std::uint64_t calls) override {
    order.push_back(pair.sharing);
    if (pair.sharing == astray)
      return fail({.kind = ErrorKind::unsupported, .text = "CPU 7", .reason = "ran elsewhere"});
    const bool shares = pair.sharing == Sharing::cpu;
    const std::uint64_t cpu = calls * ms * (pair.sharing == Sharing::core ? 3 : 2) / 2;
    const std::uint64_t real = cpu * (shares ? 2 : 1) + loss(pair.sharing);
    const ProcessTimes times{.real = real, .cpu = cpu, .user = cpu / 4, .system = cpu - cpu / 4};
    return PairTimes{.parent = times, .child = times};
  }
  Result<std::uint64_t> calls_in(CpuId cpu, std::uint64_t nanoseconds) override {
    asked = cpu;
    return nanoseconds / ms;
  }
  CpuId asked{1000};

 private:
  std::uint64_t loss(Sharing sharing) {
    const auto found = lost.find(sharing);
    if (found == lost.end()) return 0;
    const auto left = disturbed_runs.find(sharing);
    if (left != disturbed_runs.end() && left->second-- == 0) {
      lost.erase(found);
      return 0;
    }
    return found->second;
  }
};

class PairBench : public testing::Test {
 protected:
  PairReport measure(unsigned rounds = 10) {
    const auto pairs = representative_pairs(machine, machine.allowed());
    return measure_pairs(machine, pairs, processes, surroundings, {.rounds = rounds, .seed = 1})
        .value();
  }

  static const PairRow& row(const PairReport& report, Sharing sharing) {
    for (const PairRow& one : report.rows) {
      if (one.pair.sharing == sharing) return one;
    }
    throw std::out_of_range("no such row");
  }

  Machine machine = make_machine().packages(2).l3s(1).cores(2).smt(2).build();
  FakePair processes;
  FakeSurroundings surroundings;
};

TEST_F(PairBench, HasARowForEachKindOfSharingWithMediansOfItsRounds) {
  const PairReport report = measure();
  ASSERT_EQ(report.rows.size(), 4U);
  EXPECT_EQ(report.calls, 20U) << "as many as one makes in 20 ms";
  EXPECT_EQ(processes.asked, CpuId(0));
  const PairNumbers same = row(report, Sharing::cpu).numbers.value();
  EXPECT_EQ(same.real.median, 40 * ms);
  EXPECT_EQ(same.real.count, 10U);
  EXPECT_EQ(same.cpu.median, 40 * ms);
  EXPECT_EQ(same.user, 10 * ms);
  EXPECT_EQ(same.system, 30 * ms);
  EXPECT_EQ(row(report, Sharing::machine).numbers.value().real.median, 20 * ms);
}

TEST_F(PairBench, GoesOverAllRowsInEachRoundAndNotAlwaysInTheSameOrder) {
  (void)measure();
  ASSERT_EQ(processes.order.size(), 40U);
  bool differs = false;
  const std::vector<Sharing> first(processes.order.begin(), processes.order.begin() + 4);
  for (std::size_t round = 0; round < 10; ++round) {
    const auto begin = processes.order.begin() + static_cast<std::ptrdiff_t>(round * 4);
    const std::vector<Sharing> here(begin, begin + 4);
    EXPECT_THAT(here, testing::UnorderedElementsAreArray(first));
    differs = differs || here != first;
  }
  EXPECT_TRUE(differs);
}

TEST_F(PairBench, ARowThatOthersDisturbedHasAReasonInPlaceOfANumber) {
  processes.lost[Sharing::l3] = 20 * ms;
  const PairReport report = measure();
  EXPECT_FALSE(row(report, Sharing::l3).numbers);
  EXPECT_EQ(row(report, Sharing::l3).reason,
            "others used CPUs 0,2 for 50 % of the time: 0 of 10 rounds were undisturbed");
  EXPECT_TRUE(row(report, Sharing::cpu).numbers);
  EXPECT_EQ(row(report, Sharing::cpu).reason, "");
}

TEST_F(PairBench, RoundsThatWereDisturbedAreMadeAgainAndDoNotCount) {
  processes.lost[Sharing::l3] = 20 * ms;
  processes.disturbed_runs[Sharing::l3] = 7;
  const PairNumbers numbers = row(measure(), Sharing::l3).numbers.value();
  EXPECT_EQ(numbers.real.count, 10U);
  EXPECT_EQ(numbers.real.most, 20 * ms);
}

TEST_F(PairBench, WaitingForEachOtherOnOneCpuIsNoDisturbance) {
  EXPECT_TRUE(row(measure(), Sharing::cpu).numbers);
  processes.lost[Sharing::cpu] = 3 * ms;
  EXPECT_FALSE(row(measure(), Sharing::cpu).numbers);
}

TEST_F(PairBench, WhoWasNotWhereItWasPutHasNoNumber) {
  processes.astray = Sharing::core;
  const PairReport report = measure();
  EXPECT_EQ(row(report, Sharing::core).reason, "CPU 7: ran elsewhere");
  EXPECT_FALSE(row(report, Sharing::core).numbers);
  EXPECT_TRUE(row(report, Sharing::l3).numbers);
}

TEST_F(PairBench, AMachineThatIsThrottledOrRobbedGivesNoNumbers) {
  surroundings.step.throttled = 1;
  for (const PairRow& one : measure().rows) {
    EXPECT_FALSE(one.numbers);
    EXPECT_THAT(one.reason, HasSubstr("cpu.max"));
  }
  surroundings.step = {.stolen = 5 * ms};
  for (const PairRow& one : measure().rows)
    EXPECT_THAT(one.reason, HasSubstr("the host took"));
}

TEST_F(PairBench, AVirtualMachineIsToldAndStillMeasured) {
  surroundings.is_a_guest = true;
  const PairReport report = measure();
  ASSERT_EQ(report.doubts.size(), 1U);
  EXPECT_EQ(report.doubts[0].kind, Doubt::Kind::virtual_);
  EXPECT_TRUE(row(report, Sharing::l3).numbers);
}

TEST_F(PairBench, ComparesRowsWithTheTwoThatShareTheLeast) {
  const auto comparisons = compare(machine, measure());
  ASSERT_EQ(comparisons.size(), 3U);
  EXPECT_EQ(comparisons[0].sharing, Sharing::cpu);
  EXPECT_EQ(comparisons[0].with, Sharing::machine);
  EXPECT_DOUBLE_EQ(comparisons[0].ratio, 2);
  EXPECT_TRUE(comparisons[0].differs);
  EXPECT_EQ(comparisons[1].sharing, Sharing::core);
  EXPECT_DOUBLE_EQ(comparisons[1].ratio, 1.5);
  EXPECT_EQ(comparisons[2].sharing, Sharing::l3);
  EXPECT_FALSE(comparisons[2].differs);
}

TEST_F(PairBench, ADifferenceWithinTheSpreadIsNone) {
  PairReport report = measure();
  for (PairRow& one : report.rows) {
    one.numbers->real.low = 1;
    one.numbers->real.high = 100 * ms;
  }
  for (const Comparison& comparison : compare(machine, report))
    EXPECT_FALSE(comparison.differs);
}

TEST_F(PairBench, WithoutTwoCoresThereIsNothingToCompareWith) {
  processes.lost = {{Sharing::l3, 20 * ms}, {Sharing::machine, 20 * ms}};
  EXPECT_TRUE(compare(machine, measure()).empty());
}

TEST_F(PairBench, CoresOfDifferentKindsAreNotCompared) {
  machine = make_machine().packages(1).l3s(1).l2s(4).cores(1).smt(2).efficiency_cores(8).build();
  const auto comparisons = compare(machine, measure());
  ASSERT_EQ(comparisons.size(), 2U) << "same L2 is one of E cores, and has no other";
  EXPECT_EQ(comparisons[0].sharing, Sharing::cpu);
  EXPECT_EQ(comparisons[1].sharing, Sharing::core);
  EXPECT_EQ(comparisons[1].with, Sharing::l3);
}

TEST_F(PairBench, WithoutACpuThereIsAnError) {
  EXPECT_FALSE(measure_pairs(machine, {}, processes, surroundings, {}));
}

}  // namespace
}  // namespace pinfold::measure

#include "measure/surroundings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "measure/this_thread.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::cpus;

constexpr std::uint64_t second = 1'000'000'000;

// proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice.
constexpr const char* stat_text =
    "cpu  1000 0 0 0 0 0 0 0 0 0\n"
    "cpu0 1 2 4 1000 500 8 16 7 1 0\n"
    "cpu1 100 0 0 0 0 0 0 3 0 0\n"
    "cpu10 5000 0 0 0 0 0 0 0 0 0\n"
    "intr 12 3 4\n"
    "ctxt 5\n";

std::uint64_t ticks(std::uint64_t count) {
  return count * second / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

TEST(Counters, BusyIsWorkForAnybodyAndNotIdlingOrWaiting) {
  const Counters counters = counters_in(stat_text, cpus("0"));
  EXPECT_EQ(counters.busy, ticks(1 + 2 + 4 + 8 + 16));
  EXPECT_EQ(counters.stolen, ticks(7));
}

TEST(Counters, AreAddedUpOverTheCpusAskedForAndNoOthers) {
  EXPECT_EQ(counters_in(stat_text, cpus("0-1")).busy, ticks(31 + 100));
  EXPECT_EQ(counters_in(stat_text, cpus("0-1")).stolen, ticks(10));
  EXPECT_EQ(counters_in(stat_text, cpus("10")).busy, ticks(5000));
  EXPECT_EQ(counters_in(stat_text, cpus("7")).busy, 0U);
}

TEST(Counters, OfOldKernelsHaveFewerColumns) {
  EXPECT_EQ(counters_in("cpu0 3 0 4 9\n", cpus("0")).busy, ticks(7));
  EXPECT_EQ(counters_in("", cpus("0")).busy, 0U);
}

TEST(Counters, OfThisMachineCountWhatWeWorkHere) {
  const CpuSet own = test::mask_of(0);
  const Counters before = read_counters(own).value();
  const std::uint64_t begin = own_work_ns();
  while (own_work_ns() - begin < second / 5) {
  }
  EXPECT_GE(read_counters(own).value().busy - before.busy, second / 10);
}

TEST(Doubts, OthersWorkSpoilsFromATwentiethOn) {
  const CpuSet two = cpus("2-3");
  const Counters little{.busy = second / 10};
  EXPECT_TRUE(doubts_between({}, little, two, 0, 2 * second).empty());
  const Counters much{.busy = second};
  const auto doubts = doubts_between({}, much, two, 0, second);
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_TRUE(doubts[0].spoils);
  EXPECT_EQ(doubts[0].text, "others used CPUs 2-3 for 50 % of the time");
}

TEST(Doubts, OurOwnWorkIsNotOthers) {
  EXPECT_TRUE(doubts_between({}, {.busy = second}, cpus("3"), second, second).empty());
}

TEST(Doubts, BeingThrottledSpoilsEvenOnce) {
  const auto doubts = doubts_between({.throttled = 4}, {.throttled = 5}, cpus("3"), 0, second);
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].kind, Doubt::Kind::throttled);
  EXPECT_TRUE(doubts[0].spoils);
}

}  // namespace
}  // namespace pinfold::measure

#include "measure/watch.h"

#include <gtest/gtest.h>

#include "measure/fakes.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using test::cpus;
using test::FakeSurroundings;
using test::make_machine;

constexpr std::uint64_t ms = 1'000'000;

std::vector<Doubt> doubts_after(FakeSurroundings& surroundings, const char* watched) {
  Watch watch(surroundings, make_machine().cores(2).smt(2).build(), cpus(watched));
  for (int round = 0; round < 50; ++round) {
    watch.begin();
    watch.end(20 * ms);
  }
  return watch.doubts();
}

TEST(Watch, SaysNothingOfQuietSurroundings) {
  FakeSurroundings quiet;
  EXPECT_TRUE(doubts_after(quiet, "0-1").empty());
}

TEST(Watch, SeesWhoWorksOnAnSmtSibling) {
  FakeSurroundings busy;
  busy.step.busy = 10 * ms;
  busy.only = cpus("1");
  const auto doubts = doubts_after(busy, "0");
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].kind, Doubt::Kind::busy);
  EXPECT_TRUE(doubts[0].spoils);
  EXPECT_EQ(doubts[0].text, "others used CPU 1 for 50 % of the time, an SMT sibling");
}

TEST(Watch, LeavesWorkOnTheCpusThemselvesToWhoMeasuresThere) {
  FakeSurroundings busy;
  busy.step.busy = 20 * ms;
  busy.only = cpus("0-1");
  EXPECT_TRUE(doubts_after(busy, "0-1").empty());
}

TEST(Watch, SeesTimeThatTheHostTook) {
  FakeSurroundings stolen;
  stolen.step.stolen = 2 * ms;
  stolen.only = cpus("0-1");
  const auto doubts = doubts_after(stolen, "0-1");
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].kind, Doubt::Kind::stolen);
  EXPECT_EQ(doubts[0].text, "the host took CPUs 0-1 away for 5 % of the time");
}

TEST(Watch, SeesLimitsAndHeat) {
  FakeSurroundings slowed;
  slowed.only = cpus("0-1");
  slowed.step.throttled = 1;
  EXPECT_EQ(doubts_after(slowed, "0-1").at(0).kind, Doubt::Kind::throttled);
  slowed.step = {.heat = 1};
  EXPECT_EQ(doubts_after(slowed, "0-1").at(0).text, "CPUs 0-1 grew too hot and slowed down");
}

TEST(Watch, WhatCannotBeReadIsNotHeldAgainstAnybody) {
  FakeSurroundings unreadable;
  unreadable.is_unreadable = true;
  EXPECT_TRUE(doubts_after(unreadable, "0").empty());
}

TEST(Siblings, AreTheOtherCpusOfTheCores) {
  const Machine machine = make_machine().cores(4).smt(2).build();
  EXPECT_EQ(siblings_of(machine, cpus("0,5")), cpus("1,4"));
  EXPECT_EQ(siblings_of(machine, cpus("0-1")), CpuSet());
}

}  // namespace
}  // namespace pinfold::measure

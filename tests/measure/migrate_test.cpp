#include "measure/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/fakes.h"
#include "support/make_machine.h"

namespace pinfold::measure {
namespace {

using test::FakeSurroundings;
using test::make_machine;
using testing::HasSubstr;

constexpr std::uint64_t us = 1'000;
constexpr std::size_t kib = 1024;

// A walk takes a microsecond for each KiB, and three more for each after a move.
class FakeMover final : public Mover {
 public:
  std::size_t disturbed = 0;  // the size during whose walks others run
  std::uint64_t wakes_up_in = 0;
  std::optional<Sharing> astray = {};

  Result<MoveTrial> run(const CpuPair& pair, std::size_t bytes) override {
    if (pair.sharing == astray)
      return fail({.kind = ErrorKind::unsupported, .text = "CPU 7", .reason = "ran elsewhere"});
    const std::uint64_t warm = bytes / kib * us;
    const std::uint64_t waited = bytes == disturbed && bytes > 0 ? 10'000 * us : wakes_up_in;
    return MoveTrial{.stayed = {.call = 1 * us, .walk = warm, .walk_cpu = warm},
                     .moved = {.call = 9 * us, .walk = 4 * warm, .walk_cpu = 4 * warm},
                     .whole = 20'000 * us,
                     .waited = waited};
  }
};

class MigrateBench : public testing::Test {
 protected:
  MigrateReport measure() {
    const auto pairs = representative_pairs(machine, machine.allowed());
    return measure_migrations(machine, pairs, mover, surroundings,
                              {.rounds = 6, .sizes = {32 * kib, 512 * kib}, .seed = 1});
  }

  Machine machine = make_machine().packages(2).l3s(1).cores(2).build();
  FakeMover mover;
  FakeSurroundings surroundings;
};

TEST_F(MigrateBench, TellsWhatTheFirstWalkElsewhereTakesLongerForEachSizeAndSharing) {
  const MigrateReport report = measure();
  ASSERT_EQ(report.rows.size(), 2U) << "nobody is moved to the CPU where it is";
  EXPECT_EQ(report.rows[0].pair.sharing, Sharing::l3);
  EXPECT_EQ(report.rows[1].pair.sharing, Sharing::machine);
  for (const MigrateRow& row : report.rows) {
    ASSERT_EQ(row.walks.size(), 2U);
    EXPECT_EQ(row.walks[1].bytes, 512 * kib);
    EXPECT_EQ(row.walks[1].numbers.value().stayed.median, 512 * us);
    EXPECT_EQ(row.walks[1].numbers.value().moved.median, 2048 * us);
    EXPECT_EQ(row.walks[1].numbers.value().cost.median, 1536 * us);
    EXPECT_EQ(row.walks[1].numbers.value().cost.count, 6U);
  }
}

TEST_F(MigrateBench, TellsTheCallApartFromTheCaches) {
  const CallNumbers call = measure().rows[0].call.value();
  EXPECT_EQ(call.stayed.median, 1 * us);
  EXPECT_EQ(call.moved.median, 9 * us);
}

TEST_F(MigrateBench, ALineThatOthersDisturbedHasAReasonInPlaceOfANumber) {
  mover.disturbed = 512 * kib;
  const MigrateRow row = measure().rows[0];
  EXPECT_TRUE(row.walks[0].numbers);
  EXPECT_FALSE(row.walks[1].numbers);
  EXPECT_EQ(row.walks[1].reason,
            "others used CPUs 0-1 for 50 % of the time: 0 of 6 rounds were undisturbed");
}

TEST_F(MigrateBench, ThatACpuHadToWakeUpIsNoDisturbance) {
  mover.wakes_up_in = 80 * us;
  EXPECT_TRUE(measure().rows[0].call);
  mover.wakes_up_in = 3'000 * us;
  EXPECT_FALSE(measure().rows[0].call);
}

TEST_F(MigrateBench, WhoWasNotWhereItWasPutHasNoNumber) {
  mover.astray = Sharing::l3;
  const MigrateReport report = measure();
  EXPECT_EQ(report.rows[0].reason, "CPU 7: ran elsewhere");
  EXPECT_EQ(report.rows[0].walks[0].reason, "CPU 7: ran elsewhere");
  EXPECT_TRUE(report.rows[1].call);
}

TEST_F(MigrateBench, AThrottledMachineGivesNoNumbers) {
  surroundings.step.throttled = 1;
  const MigrateReport report = measure();
  EXPECT_FALSE(report.rows[0].call);
  EXPECT_THAT(report.rows[0].walks[0].reason, HasSubstr("cpu.max"));
}

TEST_F(MigrateBench, OfOneCpuThereIsNoRow) {
  machine = make_machine().cores(1).build();
  EXPECT_TRUE(measure().rows.empty());
}

}  // namespace
}  // namespace pinfold::measure

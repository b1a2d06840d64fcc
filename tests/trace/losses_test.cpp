#include "trace/losses.h"

#include <gtest/gtest.h>

#include "trace/records.h"

namespace pinfold::trace {
namespace {

using test::RecordBuilder;

Time time_of(Moment moment) { return Time(moment.time_since_epoch()); }
Time after(int nanoseconds) { return Time(std::chrono::nanoseconds(nanoseconds)); }

class LossesTest : public testing::Test {
 protected:
  std::optional<LostEvent> hear(unsigned cpu, std::uint64_t lost, std::uint64_t time,
                                std::uint64_t others = 0) {
    const auto record = RecordBuilder(trace_set).cpu(cpu).at(time).lost(lost).lost_others(others);
    return losses.before(record.record(), time_of);
  }
  std::vector<LostEvent> rest(std::uint64_t lost, std::uint64_t others = 0) {
    trace_counts counts{};
    counts.lost = lost;
    counts.lost_others = others;
    const CpuId cpu(0);
    return losses.rest({&counts, 1}, {&cpu, 1}, after(1000), time_of);
  }
  Losses losses;
};

TEST_F(LossesTest, AGapIsCountedAndPlaced) {
  EXPECT_FALSE(hear(0, 0, 10));
  EXPECT_FALSE(losses.take_any());
  const auto lost = hear(0, 12, 20);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->count, 12U);
  EXPECT_EQ(lost->from, after(10));
  EXPECT_EQ(lost->to, after(20));
  EXPECT_EQ(lost->cpu, CpuId(0));
  EXPECT_FALSE(hear(0, 12, 30));
  EXPECT_EQ(hear(0, 13, 40)->count, 1U);
  EXPECT_EQ(losses.total(), 13U);
  EXPECT_TRUE(losses.take_any());
  EXPECT_FALSE(losses.take_any());
}

TEST_F(LossesTest, EachCpuCountsForItself) {
  EXPECT_EQ(hear(3, 5, 10)->cpu, CpuId(3));
  EXPECT_FALSE(hear(0, 0, 20));
  EXPECT_EQ(hear(1, 7, 30)->count, 7U);
  EXPECT_FALSE(hear(3, 5, 40));
  EXPECT_EQ(losses.total(), 12U);
}

TEST_F(LossesTest, TheRestIsNotCountedTwice) {
  EXPECT_EQ(hear(0, 2, 10)->count, 2U);
  const auto found = rest(5);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].count, 3U);
  EXPECT_EQ(found[0].from, after(10));
  EXPECT_EQ(found[0].to, after(1000));
  EXPECT_TRUE(rest(5).empty());
  EXPECT_FALSE(hear(0, 5, 20));
  EXPECT_EQ(hear(0, 6, 30)->count, 1U);
  EXPECT_TRUE(rest(5).empty());  // counts that are older than what was read
  EXPECT_EQ(losses.total(), 6U);
}

TEST_F(LossesTest, ARecordFromBeforeTheCountsIsNoLoss) {
  EXPECT_EQ(rest(5).size(), 1U);
  EXPECT_FALSE(hear(0, 4, 10));
  EXPECT_EQ(losses.total(), 5U);
}

TEST_F(LossesTest, CountsGoByTheirCpu) {
  std::vector<trace_counts> counts(2);
  counts[1].lost = 4;
  const std::vector<CpuId> cpus = {CpuId(0), CpuId(6)};
  const auto found = losses.rest(counts, cpus, after(1000), time_of);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].cpu, CpuId(6));
  EXPECT_FALSE(hear(6, 4, 10));
}

TEST_F(LossesTest, OthersAreCountedForThemselves) {
  const auto lost = hear(0, 2, 10, 3);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->count, 2U);
  EXPECT_EQ(lost->others, 3U);
  EXPECT_EQ(hear(0, 2, 20, 4)->count, 0U);
  EXPECT_TRUE(rest(2, 4).empty());
  const auto found = rest(2, 6);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].others, 2U);
  EXPECT_FALSE(hear(0, 2, 30, 5));  // written before the counts were read
  EXPECT_FALSE(hear(0, 2, 40, 6));
  EXPECT_EQ(losses.total(), 2U);
  EXPECT_EQ(losses.others(), 6U);
}

}  // namespace
}  // namespace pinfold::trace

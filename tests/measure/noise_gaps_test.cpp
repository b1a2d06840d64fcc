// What a spinning thread makes of its readings, on a clock that a test winds.
#include <gtest/gtest.h>

#include <map>

#include "measure/gaps.h"

namespace pinfold::measure {
namespace {

// A reading takes 20 ns, but at the moments named here.
class FakeCpu {
 public:
  void lose(std::uint64_t at_ns, std::uint64_t for_ns, bool to_task = false) {
    losses_[at_ns] = {for_ns, to_task};
  }

  Gaps watch(const GapOptions& options) {
    return watch_gaps(
        [this] {
          time_ += 20;
          const auto loss = losses_.begin();
          if (loss != losses_.end() && time_ >= loss->first) {
            time_ += loss->second.first;
            if (loss->second.second) ++switches_;
            losses_.erase(loss);
          }
          return time_;
        },
        [this] {
          time_ += asking_;
          return switches_;
        },
        options);
  }

  void asking_takes(std::uint64_t ns) { asking_ = ns; }

 private:
  std::map<std::uint64_t, std::pair<std::uint64_t, bool>> losses_;
  std::uint64_t time_ = 0;
  std::uint64_t asking_ = 0;
  std::uint64_t switches_ = 0;
};

constexpr GapOptions one_millisecond{.duration_ns = 1'000'000, .threshold_ns = 1'000};

TEST(Gaps, AQuietCpuHasNoneAndTheClockIsMeasured) {
  FakeCpu cpu;
  const Gaps gaps = cpu.watch(one_millisecond);
  EXPECT_EQ(gaps.count, 0U);
  EXPECT_EQ(gaps.lost(), 0);
  EXPECT_EQ(gaps.clock_ns, 20);
  EXPECT_EQ(gaps.readings, 50'000U);
}

TEST(Gaps, CountsWhatIsLongerThanTheThreshold) {
  FakeCpu cpu;
  cpu.lose(100'000, 900);
  cpu.lose(200'000, 5'000);
  cpu.lose(300'000, 45'000);
  const Gaps gaps = cpu.watch(one_millisecond);
  EXPECT_EQ(gaps.count, 2U);
  EXPECT_EQ(gaps.largest_ns, 45'020U);
  EXPECT_FALSE(gaps.largest_is_task);
  EXPECT_EQ(gaps.by_decade[1], 1U);
  EXPECT_EQ(gaps.by_decade[2], 1U);
  EXPECT_NEAR(gaps.lost(), 0.05, 0.001);
  EXPECT_NEAR(gaps.clock_ns, 20, 0.1);
}

TEST(Gaps, TellsOtherTasksFromInterrupts) {
  FakeCpu cpu;
  cpu.lose(100'000, 2'000);
  cpu.lose(200'000, 300'000, true);
  const Gaps gaps = cpu.watch(one_millisecond);
  EXPECT_EQ(gaps.count, 2U);
  EXPECT_EQ(gaps.task_count, 1U);
  EXPECT_NEAR(gaps.lost_to_tasks(), 0.3, 0.001);
  EXPECT_TRUE(gaps.largest_is_task);
}

TEST(Gaps, ToAskWhoItWasIsNoGapAndNoTimeLost) {
  FakeCpu cpu;
  cpu.asking_takes(50'000);
  for (std::uint64_t at = 100'000; at < 600'000; at += 100'000)
    cpu.lose(at, 10'000);
  const Gaps gaps = cpu.watch({.duration_ns = 500'000, .threshold_ns = 1'000});
  EXPECT_GT(gaps.count, 2U);
  EXPECT_EQ(gaps.largest_ns, 10'020U);
  EXPECT_LT(gaps.elapsed_ns, 520'000U);
}

TEST(Gaps, TheLastDecadeHasAllThatIsLonger) {
  Gaps gaps;
  gaps.add(2'000'000'000, false);
  gaps.add(999, false);
  gaps.add(1'000, false);
  EXPECT_EQ(gaps.by_decade.back(), 1U);
  EXPECT_EQ(gaps.by_decade[0], 1U);
  EXPECT_EQ(gaps.by_decade[1], 1U);
}

}  // namespace
}  // namespace pinfold::measure

// Where threads run, as the kernel under us tells it.
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <sstream>

#include "support/program.h"
#include "trace/trace_fixture.h"
#include "trace/watching.h"

namespace pinfold::test {
namespace {

using namespace std::chrono_literals;
using trace::Alive;
using trace::Ended;
using trace::Ran;
using trace::RunsLost;
using trace::Time;

class TraceRuns : public TraceTest {
 protected:
  void SetUp() override {
    TraceTest::SetUp();
    if (IsSkipped()) return;
    const auto leg = Watching(of(std::nullopt)).leg("runs");
    ASSERT_TRUE(leg);
    if (leg->chosen.empty()) GTEST_SKIP() << "no runs here: " << leg->reason;
  }

  /// Of a process and its children, or of everybody.
  static trace::TracerOptions of(std::optional<pid_t> pid) {
    trace::TracerOptions options;
    if (pid) options.filter.targets = trace::Tasks{.processes = {Pid(*pid)}, .threads = {}};
    options.runs = true;
    return options;
  }

  static std::vector<Ran> of_process(const Watching& watching, pid_t pid) {
    auto runs = watching.all<Ran>();
    std::erase_if(runs, [&](const Ran& run) { return run.pid != Pid(pid); });
    return runs;
  }

  /// How much of it lies in between.
  static std::chrono::nanoseconds within(const std::vector<Ran>& runs, Time from, Time to) {
    std::chrono::nanoseconds sum{};
    for (const Ran& run : runs) {
      const auto part = std::min(run.to, to) - std::max(run.from, from);
      sum += std::max(part, std::chrono::nanoseconds::zero());
    }
    return sum;
  }

  static std::vector<Ran> on(std::vector<Ran> runs, const CpuSet& cpus) {
    std::erase_if(runs, [&](const Ran& run) { return !cpus.contains(run.cpu); });
    return runs;
  }

  static std::uint64_t lost(const Watching& watching) {
    std::uint64_t sum = 0;
    for (const RunsLost& one : watching.all<RunsLost>()) {
      EXPECT_LE(one.from, one.to);
      sum += one.count;
    }
    return sum;
  }

  static std::chrono::nanoseconds cpu_time(pid_t pid) {
    clockid_t clock = 0;
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
      throw std::runtime_error("no CPU clock");
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

TEST_F(TraceRuns, AThreadRanWhereItWasPinnedAndNowhereElse) {
  LifeCase life;
  Watching watching(of(life.pid()));
  std::istringstream said(life.order("hop " + a + ' ' + b + " 50"));
  watching.stop();
  std::array<std::int64_t, 4> times{};
  for (std::int64_t& time : times)
    ASSERT_TRUE(said >> time);
  const auto runs = of_process(watching, life.pid());
  EXPECT_EQ(lost(watching), 0U);
  // What clocks say of each other is not exact.
  const auto expect = [&](std::int64_t from, std::int64_t to, const CpuSet& here) {
    const Time begin = Time(std::chrono::nanoseconds(from)) + 100us;
    const Time end = Time(std::chrono::nanoseconds(to)) - 100us;
    EXPECT_GE(within(on(runs, here), begin, end), 49ms);
    EXPECT_EQ(within(on(runs, own - here), begin, end), 0ns);
  };
  expect(times[0], times[1], only_a);
  expect(times[2], times[3], only_b);
}

TEST_F(TraceRuns, SlicesOfOneCpuDoNotOverlap) {
  LifeCase one;
  LifeCase other;
  Watching watching(of(std::nullopt));
  one.give("pingpong 3000");
  other.order("pingpong 3000");
  watching.stop();
  EXPECT_EQ(lost(watching), 0U);
  std::map<unsigned, std::vector<Ran>> by_cpu;
  for (const Ran& run : watching.all<Ran>()) {
    EXPECT_LT(run.from, run.to);
    EXPECT_NE(run.tid, Tid()) << "idle";
    by_cpu[run.cpu.value()].push_back(run);
  }
  EXPECT_FALSE(of_process(watching, one.pid()).empty());
  EXPECT_FALSE(of_process(watching, other.pid()).empty());
  EXPECT_FALSE(of_process(watching, ::getpid()).empty()) << "everybody's";
  for (auto& [cpu, runs] : by_cpu) {
    std::ranges::sort(runs, {}, &Ran::from);
    for (std::size_t i = 1; i < runs.size(); ++i)
      ASSERT_GE(runs[i].from, runs[i - 1].to) << "on CPU " << cpu;
  }
}

TEST_F(TraceRuns, OnlyTargetsAreToldAndTheirChildren) {
  LifeCase one;
  LifeCase other;
  Watching watching(of(one.pid()));
  const pid_t child = std::stoi(one.order("fork"));
  one.order("pingpong 100");
  other.order("pingpong 100");
  one.order("reap");
  watching.stop();
  const auto runs = watching.all<Ran>();
  EXPECT_FALSE(of_process(watching, child).empty());
  EXPECT_FALSE(of_process(watching, one.pid()).empty());
  for (const Ran& run : runs)
    EXPECT_TRUE(run.pid == Pid(one.pid()) || run.pid == Pid(child)) << run.pid.value();
}

// Its end is told while it runs still.
TEST_F(TraceRuns, AThreadIsToldToItsLastMoment) {
  LifeCase life;
  Watching watching(of(life.pid()));
  std::vector<pid_t> children;
  for (int i = 0; i < 50; ++i) {
    children.push_back(std::stoi(life.order("fork")));
    life.order("reap");
  }
  watching.stop();
  const auto ends = watching.all<Ended>();
  for (const pid_t child : children) {
    const auto runs = of_process(watching, child);
    ASSERT_FALSE(runs.empty()) << child;
    const auto ended = std::ranges::find(ends, Tid(child), &Ended::tid);
    ASSERT_NE(ended, ends.end());
    EXPECT_GT(runs.back().to + 1us, ended->time);
  }
}

TEST_F(TraceRuns, WhatRunsAtTheBeginningAndAtTheEndIsToldToo) {
  LifeCase life;
  life.order("spin");
  const auto running = [&] { return cpu_time(life.pid()); };
  Watching watching(of(life.pid()));
  const auto begun = running();
  while (running() < begun + 50ms) {
  }
  const auto computed = running() - begun;
  watching.stop();
  const auto runs = of_process(watching, life.pid());
  EXPECT_GE(within(runs, Time::min(), Time::max()) + 100us, computed);
}

TEST_F(TraceRuns, WhatIsOlderThanTheBeginningIsNotTold) {
  LifeCase life;
  life.order("spin");
  const Time before = std::chrono::system_clock::now();
  Watching watching(of(life.pid()));
  const auto begun = cpu_time(life.pid());
  while (cpu_time(life.pid()) < begun + 5ms) {
  }
  watching.stop();
  for (const Ran& run : watching.all<Ran>())
    EXPECT_GE(run.from + 100us, before);
}

// Each time that a thread is taken off its CPU is counted by the kernel, too.
TEST_F(TraceRuns, EverySwitchIsASlice) {
  LifeCase life;
  life.order("pingpong 1");
  const std::size_t before = life.rest();
  Watching watching(of(life.pid()));
  life.order("pingpong 2000");
  const std::size_t switches = life.rest() - before;
  watching.stop();
  EXPECT_GT(switches, 2000U);
  EXPECT_EQ(lost(watching), 0U);
  EXPECT_EQ(of_process(watching, life.pid()).size(), switches);
}

TEST_F(TraceRuns, LossIsExactWithAConsumerThatIsStopped) {
  LifeCase life;
  life.order("pingpong 1");
  const std::size_t before = life.rest();
  auto options = of(life.pid());
  options.runs_ring_bytes = 4096;
  Watching watching(options);
  life.order("pingpong 2000");
  const std::size_t switches = life.rest() - before;
  const trace::EndEvent end = watching.stop();
  const auto runs = of_process(watching, life.pid());
  EXPECT_LT(runs.size(), 4096U / sizeof(trace_run));
  EXPECT_GT(lost(watching), 0U);
  EXPECT_EQ(runs.size() + lost(watching), switches);
  EXPECT_EQ(end.lost, 0U) << "of calls and changes nothing";
  EXPECT_EQ(end.lost_others, 0U);
}

TEST_F(TraceRuns, LossStandsWhereItHappened) {
  LifeCase life;
  life.order("pingpong 1");
  auto options = of(life.pid());
  options.runs_ring_bytes = 4096;
  Watching watching(options);
  life.order("pingpong 2000");
  // From here on there is room again.
  watching.await<RunsLost>([](const RunsLost&) { return true; });
  const auto first = watching.all<RunsLost>().size();
  life.order("pingpong 5");
  watching.stop();
  EXPECT_EQ(watching.all<RunsLost>().size(), first);
  Time lost_until = Time::min();
  for (const RunsLost& one : watching.all<RunsLost>())
    lost_until = std::max(lost_until, one.to);
  EXPECT_GE(watching.all<Ran>().back().from, lost_until);
}

TEST_F(TraceRuns, WhereTheyAreNotWantedNothingIsSaidOfThem) {
  LifeCase life;
  auto options = of(life.pid());
  options.runs = false;
  Watching watching(options);
  EXPECT_FALSE(watching.leg("runs"));
  life.order("pingpong 10");
  watching.stop();
  EXPECT_TRUE(watching.all<Ran>().empty());
}

TEST_F(TraceRuns, WithoutProgramsTheStartSaysSo) {
  LifeCase life;
  auto options = of(life.pid());
  options.sampled = true;
  Watching watching(options);
  const auto leg = watching.leg("runs");
  ASSERT_TRUE(leg);
  EXPECT_EQ(leg->chosen, "");
  EXPECT_NE(leg->reason, "");
  EXPECT_NE(leg->blind, "");
}

}  // namespace
}  // namespace pinfold::test

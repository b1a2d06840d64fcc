// Whole processes where snapshots of their threads may be read, which needs root: none escapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "bpf/task_iterator.h"
#include "host/host.h"
#include "pin/assignment.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Victim;

CpuSet first_cpu() { return {*mask_of(0).first()}; }
CpuSet last_cpu() { return {*mask_of(0).last()}; }

class ProcessBySnapshot : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    static TaskIterator iterator;
    read_host_snapshots_by(iterator);
  }
  void SetUp() override {
    const auto own = host_kernel().snapshot(Tid());
    if (!own) GTEST_SKIP() << message(own.error());
  }

  static Result<ProcessPlacement> place(const Victim& victim, const CpuSet& to) {
    const auto assignment =
        prepare(host_kernel(), Pid(victim.pid()), {.cpus = [&](const Limits&) { return to; }});
    if (!assignment) return fail(Error(assignment.error()));
    return apply(host_kernel(), *assignment, {.snapshot_from = 1});
  }

  static void expect_nobody_escaped(Victim& victim, const CpuSet& to) {
    for (const pid_t tid : victim.stop()) {
      const CpuSet mask = mask_of(tid);
      ASSERT_TRUE(mask.empty() || mask == to) << tid;
    }
  }
};

class ChurnBySnapshot : public ProcessBySnapshot,
                        public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(ChurnBySnapshot, NoThreadEscapesWhileOthersStart) {
  const auto [threads, life] = GetParam();
  const char* count = std::getenv("PINFOLD_CHURN_RUNS");
  const int runs = count ? std::atoi(count) : 15;
  int unproved = 0;
  for (int run = 0; run < runs; ++run) {
    Victim victim({"churn", threads, life});
    const CpuSet to = run % 2 == 0 ? last_cpu() : first_cpu();
    const auto placed = place(victim, to);
    ASSERT_TRUE(placed) << message(placed.error());
    if (placed->proved == Proof::no) {
      ++unproved;
      continue;
    }
    ASSERT_TRUE(placed->done()) << "run " << run;
    expect_nobody_escaped(victim, to);
  }
  EXPECT_EQ(unproved, 0);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ChurnBySnapshot,
                         testing::Values(std::pair("8", "200"), std::pair("64", "2000"),
                                         std::pair("400", "20000"), std::pair("2", "30")),
                         [](const auto& shape) {
                           return std::string("Threads") + shape.param.first + "Life" +
                                  shape.param.second;
                         });

TEST_F(ProcessBySnapshot, ChildOfAThreadThatSitsInCloneIsReached) {
  std::unique_ptr<Victim> victim;
  try {
    victim = std::make_unique<Victim>(std::vector<std::string>{"slowclone", "150"});
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "userfaultfd(2) is not allowed here";
  }
  const auto placed = place(*victim, last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->threads.size(), 4U);
  expect_nobody_escaped(*victim, last_cpu());
}

TEST_F(ProcessBySnapshot, ThreadsThatSitInCloneAreNeverShownOutside) {
  std::unique_ptr<Victim> victim;
  try {
    victim = std::make_unique<Victim>(std::vector<std::string>{"slowclone", "200"});
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "userfaultfd(2) is not allowed here";
  }
  const auto process = host_kernel().process(Pid(victim->pid()));
  ASSERT_TRUE(process);
  bool seen_inside = false;
  for (;;) {
    const auto snapshot = host_kernel().snapshot(Pid(victim->pid()));
    ASSERT_TRUE(snapshot);
    if (snapshot->size() != 3) break;  // the child is there
    std::size_t outside = 0;
    for (const TaskMasks& masks : *snapshot) {
      outside += masks.outside_clone ? 1U : 0U;
      // It does not leave clone before the child is listed, and never enters it again.
      if ((*process)->activity(masks.task.tid) != Activity::in_clone) continue;
      seen_inside = true;
      EXPECT_FALSE(masks.outside_clone);
    }
    EXPECT_LE(outside, 2U);
  }
  EXPECT_TRUE(seen_inside);
}

TEST_F(ProcessBySnapshot, NobodyWhoSleepsIsDisturbed) {
  Victim victim({"eintr"});
  const auto all_asleep = [&] {
    const auto snapshot = host_kernel().snapshot(Pid(victim.pid()));
    return std::ranges::all_of(*snapshot,
                               [](const auto& masks) { return masks.task.state == 'S'; });
  };
  while (!all_asleep())
    std::this_thread::yield();
  for (int i = 0; i < 20; ++i) {
    const auto placed = place(victim, i % 2 == 0 ? last_cpu() : first_cpu());
    ASSERT_TRUE(placed) << message(placed.error());
    EXPECT_TRUE(placed->done());
  }
  EXPECT_EQ(victim.output(), "");
}

TEST_F(ProcessBySnapshot, ThreadsThatNeverEnterTheKernelAreProved) {
  Victim victim({"busy", "3"});
  const auto placed = place(victim, last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_TRUE(placed->done());
  expect_nobody_escaped(victim, last_cpu());
}

TEST_F(ProcessBySnapshot, TenThousandSleepingThreadsAreSet) {
  Victim victim({"quiet", "10000"});
  const auto placed = place(victim, last_cpu());
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->threads.size(), 10000U);
  expect_nobody_escaped(victim, last_cpu());
}

}  // namespace
}  // namespace pinfold

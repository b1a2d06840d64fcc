// The walk over a process that does what the test says.
#include <gtest/gtest.h>

#include <cerrno>

#include "pin/assignment.h"
#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeClock;
using test::FakeKernel;
using test::FakeTask;

class WalkTest : public testing::Test {
 protected:
  static constexpr pid_t pid = 100;

  WalkTest() {
    for (const pid_t tid : {100, 101, 102})
      kernel_.add(pid, tid, cpus("0-3"));
  }

  Result<ProcessPlacement> place(const char* list, Clip clip = Clip::no) {
    auto assignment = prepare(kernel_, Pid(pid),
                              {.cpus = [&](const Limits&) { return cpus(list); }, .clip = clip});
    if (!assignment) return fail(assignment.error());
    return apply(kernel_, *assignment, {.workers = 1, .clock = &clock_});
  }

  [[nodiscard]] CpuSet mask(pid_t tid) const { return kernel_.tasks.at(tid).mask; }

  FakeKernel kernel_{cpus("0-3")};
  FakeClock clock_;
};

TEST_F(WalkTest, SetsEveryThreadAndProvesItInASecondWalk) {
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(placed->threads.size(), 3U);
  for (const auto& thread : placed->threads) {
    EXPECT_EQ(thread.before, cpus("0-3"));
    EXPECT_EQ(thread.effective, cpus("1"));
    EXPECT_EQ(thread.outcome, Outcome::set);
  }
  EXPECT_EQ(kernel_.rounds, 2);
}

TEST_F(WalkTest, NeedsOneWalkWhereTheCountShowsThatNobodyWasMissed) {
  kernel_.counts = true;
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(kernel_.rounds, 1);
}

TEST_F(WalkTest, ACountThatShowsOneMoreMakesItWalkAgain) {
  kernel_.counts = true;
  kernel_.before_count = [&] {
    if (kernel_.rounds == 1) kernel_.add(pid, 103, cpus("0-3"));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
}

TEST_F(WalkTest, ACountThatIsRightOnlyBecauseSomebodyEndedIsNotBelieved) {
  // One who was listed ends and an unlisted one is counted in its place.
  kernel_.counts = true;
  kernel_.before_count = [&] {
    if (kernel_.rounds > 1 || !kernel_.tasks.contains(102)) return;
    kernel_.tasks.erase(102);
    kernel_.add(pid, 103, cpus("0-3"));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
}

TEST_F(WalkTest, ReadsBackEveryMaskThatItHasSet) {
  // The kernel takes the call and gives less: a cpuset of this thread's own.
  kernel_.counts = true;
  kernel_.before_set = [&](Tid tid) {
    kernel_.limit.reset();
    if (tid == Tid(102)) {
      kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("1")};
    }
  };
  const auto placed = place("1-2");
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  for (const auto& thread : placed->threads) {
    EXPECT_EQ(thread.outcome, thread.tid == Tid(102) ? Outcome::failed : Outcome::set);
  }
}

TEST_F(WalkTest, SetsThreadsThatAreRightAlreadyBecauseTheirRequestMayDiffer) {
  for (auto& [tid, task] : kernel_.tasks)
    task.mask = cpus("1");
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(kernel_.was_set.size(), 3U);
  EXPECT_EQ(placed->threads.front().outcome, Outcome::same);
}

TEST_F(WalkTest, SetReachesThreadsStartedMeanwhile) {
  // A child whose clone began before its creator was set appears only now, with the old mask.
  kernel_.before_list = [&](int round) {
    if (round == 2) kernel_.add(pid, 103, cpus("0-3"));
    if (round == 3) kernel_.add(pid, 104, cpus("0-3"));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(mask(103), cpus("1"));
  EXPECT_EQ(mask(104), cpus("1"));
  EXPECT_EQ(placed->threads.size(), 5U);
}

TEST_F(WalkTest, WaitsForAThreadThatIsInsideClone) {
  int looks = 0;
  kernel_.tasks.at(101).activity = [&] {
    if (++looks < 20) return Activity::in_clone;
    if (looks == 20) kernel_.add(pid, 103, cpus("0-3"));  // the child is listed as it leaves
    return Activity::outside_clone;
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_GE(looks, 20);
  EXPECT_EQ(mask(103), cpus("1"));
}

TEST_F(WalkTest, StopsForAMomentWhoKeepsRunning) {
  int held = 0;
  kernel_.tasks.at(102).activity = [] { return Activity::running; };
  kernel_.tasks.at(102).hold = [&]() -> Result<Held> {
    ++held;
    return Held::stopped;
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::held);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(held, 1);
}

TEST_F(WalkTest, StopsNobodyWhoIsSeenInACallSoon) {
  int looks = 0;
  kernel_.tasks.at(102).activity = [&] {
    return ++looks < 4 ? Activity::running : Activity::outside_clone;
  };
  kernel_.tasks.at(102).hold = []() -> Result<Held> {
    ADD_FAILURE() << "held without need";
    return Held::stopped;
  };
  EXPECT_EQ(place("1")->proved, Proof::clear);
}

TEST_F(WalkTest, SaysWhoIsNotProvedWhereTracingIsRefused) {
  for (const pid_t tid : {101, 102}) {
    kernel_.tasks.at(tid).activity = [] { return Activity::hidden; };
    kernel_.tasks.at(tid).hold = []() -> Result<Held> {
      return fail({.kind = ErrorKind::system, .number = EPERM, .text = "ptrace"});
    };
  }
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::no);
  EXPECT_EQ(placed->unproved, 2U);
  EXPECT_FALSE(placed->done());
  EXPECT_EQ(mask(102), cpus("1")) << "set all the same";
}

TEST_F(WalkTest, ThreadStuckInCloneIsNotProvedWhenPatienceEnds) {
  kernel_.tasks.at(101).activity = [] { return Activity::in_clone; };
  const auto start = clock_.now();
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::no);
  EXPECT_EQ(placed->unproved, 1U);
  EXPECT_LT(clock_.now() - start, std::chrono::seconds(7));
}

class RuleTest : public WalkTest {
 protected:
  Result<ProcessPlacement> place_by(Rule rule, Forks forks = Forks::ignore) {
    auto assignment = find(kernel_, Pid(pid));
    if (!assignment) return fail(assignment.error());
    assignment->rule = std::move(rule);
    assignment->narrower = Narrower::accept;
    assignment->forks = forks;
    return apply(kernel_, *assignment, {.workers = 1, .clock = &clock_, .record = record_});
  }
  // Nobody on CPU 1.
  static std::optional<CpuSet> off_1(Tid, const CpuSet& now) {
    if (!now.contains(CpuId(1))) return std::nullopt;
    return now - cpus("1");
  }

  Record record_;
};

TEST_F(RuleTest, ThreadsGetMasksOfTheirOwnAndWhoIsRightIsLeft) {
  kernel_.tasks.at(101).mask = cpus("0-1");
  kernel_.tasks.at(102).mask = cpus("2");
  const auto placed = place_by(off_1);
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(mask(100), cpus("0,2-3"));
  EXPECT_EQ(mask(101), cpus("0"));
  EXPECT_EQ(kernel_.was_set, (std::vector{Tid(100), Tid(101)}));
  EXPECT_EQ(placed->threads.at(2).outcome, Outcome::same);
  EXPECT_TRUE(placed->threads.at(2).asked.empty());
}

TEST_F(RuleTest, ReachesThreadsStartedMeanwhile) {
  kernel_.before_list = [&](int round) {
    if (round == 2) kernel_.add(pid, 103, cpus("0-1"));
  };
  const auto placed = place_by(off_1);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("0"));
}

TEST_F(RuleTest, WhoNeedsNothingIsLeftAlone) {
  const auto placed = place_by([](Tid, const CpuSet&) { return std::nullopt; });
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_TRUE(kernel_.was_set.empty());
}

TEST_F(RuleTest, AForkUnderWayCountsOnlyWhereProcessesMayEscape) {
  int looks = 0;
  kernel_.tasks.at(101).activity = [&] {
    return ++looks < 20 ? Activity::in_fork : Activity::outside_clone;
  };
  ASSERT_TRUE(place_by(off_1)->done());
  EXPECT_LT(looks, 20);
  kernel_.tasks.at(101).mask = cpus("0-3");
  looks = 0;
  ASSERT_TRUE(place_by(off_1, Forks::heed)->done());
  EXPECT_GE(looks, 20);
}

TEST_F(RuleTest, WhatWillBeDoneIsRecordedBeforeAnythingIsChanged) {
  kernel_.tasks.at(102).mask = cpus("2");
  int records = 0;
  record_ = [&](const Assignment&, std::span<const ThreadPlacement> threads, const Requests&) {
    ++records;
    EXPECT_TRUE(kernel_.was_set.empty());
    ASSERT_EQ(threads.size(), 3U);
    EXPECT_EQ(threads[0].before, cpus("0-3"));
    EXPECT_EQ(threads[0].asked, cpus("0,2-3"));
    EXPECT_TRUE(threads[2].asked.empty());
  };
  ASSERT_TRUE(place_by(off_1));
  EXPECT_EQ(records, 1);
}

TEST_F(WalkTest, AWalkThatWasCutShortIsRepeated) {
  kernel_.cut_walks = {2, 3};
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(kernel_.rounds, 4);
}

TEST_F(WalkTest, AThreadThatEndsBeforeItIsLookedAtCostsAnotherWalk) {
  // It may have made a child with the old mask just before it ended.
  kernel_.before_list = [&](int round) {
    if (round == 2) kernel_.add(pid, 103, cpus("0-3"));
  };
  kernel_.tasks.at(102).activity = [&] { return Activity::outside_clone; };
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(103)) {
      kernel_.tasks.erase(103);
      kernel_.add(pid, 104, cpus("0-3"));
    }
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(mask(104), cpus("1"));
  EXPECT_EQ(placed->proved, Proof::clear);
}

TEST_F(WalkTest, GivesUpOnAProcessThatAnotherProgramKeepsSetting) {
  kernel_.before_list = [&](int) {
    kernel_.tasks.at(101).mask = cpus("2");
    clock_.sleep(std::chrono::milliseconds(1));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::no);
  EXPECT_EQ(placed->unproved, 0U);
}

TEST_F(WalkTest, NamesThreadsThatCannotBeSetAndSetsTheOthers) {
  kernel_.tasks.at(101).set_error = EBUSY;
  kernel_.tasks.at(101).deadline = true;
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  for (const auto& thread : placed->threads) {
    if (thread.tid == Tid(101)) {
      EXPECT_EQ(thread.outcome, Outcome::failed);
      ASSERT_TRUE(thread.error);
      EXPECT_EQ(thread.error->kind, ErrorKind::deadline);
      EXPECT_EQ(thread.effective, cpus("0-3"));
    } else {
      EXPECT_EQ(thread.outcome, Outcome::set);
    }
  }
}

TEST_F(WalkTest, TellsWhenAThreadsNumberBecameAnotherTasks) {
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(102)) kernel_.tasks.at(102).pid = Pid(999);
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  EXPECT_EQ(placed->threads.back().error->kind, ErrorKind::task_replaced);
}

TEST_F(WalkTest, AProcessThatEndsIsAnError) {
  kernel_.before_list = [&](int round) {
    if (round == 2) kernel_.tasks.clear();
  };
  const auto placed = place("1");
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::no_such_task);
}

TEST_F(WalkTest, ChangesNothingWhenTheCpusetForbidsIt) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  const auto placed = place("1-2");
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::cpuset);
  EXPECT_TRUE(kernel_.was_set.empty());
}

TEST_F(WalkTest, ClipAsksOnlyForWhatCanBeUsed) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  const auto placed = place("1-2,9", Clip::yes);
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->threads.front().asked, cpus("1"));
}

TEST_F(WalkTest, ManyThreadsAreSetByManyWorkers) {
  // The fake is not made for several threads: one worker, but more threads than a chunk.
  for (pid_t tid = 200; tid < 1200; ++tid)
    kernel_.add(pid, tid, cpus("0-3"));
  const auto placed = place("2");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->threads.size(), 1003U);
  for (const auto& [tid, task] : kernel_.tasks)
    EXPECT_EQ(task.mask, cpus("2"));
}

// Where snapshots are permitted, of processes that have enough threads.
class SnapshotWalkTest : public WalkTest {
 protected:
  SnapshotWalkTest() {
    kernel_.snapshots = true;
    kernel_.counts = true;
  }

  Result<ProcessPlacement> place(const char* list) {
    auto assignment =
        prepare(kernel_, Pid(pid), {.cpus = [&](const Limits&) { return cpus(list); }});
    if (!assignment) return fail(assignment.error());
    return apply(kernel_, *assignment,
                 {.workers = 1, .clock = &clock_, .snapshot_from = 3, .record = record_});
  }
  // A creator's child with the old mask, listed when that one leaves clone.
  void sits_in_clone(pid_t tid, pid_t child, int looks) {
    kernel_.tasks.at(tid).activity = [this, child, looks]() mutable {
      if (--looks > 0) return Activity::in_clone;
      if (looks == 0) kernel_.add(pid, child, cpus("0-3"));
      return Activity::outside_clone;
    };
  }

  Record record_;
};

TEST_F(SnapshotWalkTest, TwoSnapshotsDoWithoutAList) {
  kernel_.system.online = cpus("0-2");
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(kernel_.snapshots_made, 2);
  EXPECT_EQ(kernel_.rounds, 0);
  ASSERT_EQ(placed->threads.size(), 3U);
  for (const auto& thread : placed->threads) {
    EXPECT_EQ(thread.before, cpus("0-2")) << "effective, not allowed";
    EXPECT_EQ(thread.effective, cpus("1"));
    EXPECT_EQ(thread.outcome, Outcome::set);
    EXPECT_EQ(mask(thread.tid.value()), cpus("1"));
  }
}

TEST_F(SnapshotWalkTest, FewThreadsAreListed) {
  kernel_.tasks.erase(102);
  ASSERT_TRUE(place("1")->done());
  EXPECT_EQ(kernel_.snapshots_made, 0);
}

TEST_F(SnapshotWalkTest, WhereItIsNotPermittedTheyAreListed) {
  kernel_.snapshots = false;
  ASSERT_TRUE(place("1")->done());
  EXPECT_EQ(kernel_.rounds, 1);
}

TEST_F(SnapshotWalkTest, WhomASnapshotLeavesOutTheCountShows) {
  kernel_.left_out = {101};
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(101), cpus("1"));
  EXPECT_EQ(kernel_.rounds, 1);
}

TEST_F(SnapshotWalkTest, WhereNobodyCountsAWalkShowsWhomItLeftOut) {
  kernel_.left_out = {102};
  kernel_.before_snapshot = [&](int) { kernel_.counts = false; };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(102), cpus("1"));
  EXPECT_GE(kernel_.rounds, 1);
}

TEST_F(SnapshotWalkTest, SetReachesThreadsStartedMeanwhile) {
  kernel_.before_snapshot = [&](int snapshot) {
    if (snapshot == 2) kernel_.add(pid, 103, cpus("0-3"));
  };
  kernel_.before_list = [&](int round) {
    if (round == 1) kernel_.add(pid, 104, cpus("0-3"));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
  EXPECT_EQ(mask(104), cpus("1"));
}

TEST_F(SnapshotWalkTest, WhoIsNotShownOutsideCloneIsWaitedFor) {
  sits_in_clone(101, 103, 30);
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
}

// What the first one shows was so before the mask was set.
TEST_F(SnapshotWalkTest, OnlyASnapshotAfterTheSetProves) {
  int set = 0;
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(101) && ++set == 1) sits_in_clone(101, 103, 20);
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
}

TEST_F(SnapshotWalkTest, WhoKeepsRunningIsStoppedForAMoment) {
  kernel_.tasks.at(102).activity = [] { return Activity::running; };
  EXPECT_EQ(place("1")->proved, Proof::held);
}

TEST_F(SnapshotWalkTest, AThreadThatEndsMeanwhileMayHaveMadeOthers) {
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(101) && kernel_.tasks.erase(101) > 0) kernel_.add(pid, 103, cpus("0-3"));
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
  EXPECT_EQ(mask(103), cpus("1"));
  EXPECT_EQ(placed->threads.size(), 3U);
}

TEST_F(SnapshotWalkTest, ANumberThatIsAnotherProcessesByNowIsNotTaken) {
  kernel_.before_snapshot = [&](int) { kernel_.tasks.at(pid).start_time += 1; };
  ASSERT_TRUE(place("1")->done());
  EXPECT_EQ(kernel_.snapshots_made, 1);
  EXPECT_EQ(kernel_.rounds, 1) << "the handle says which process it is";
}

TEST_F(SnapshotWalkTest, TellsWhenAThreadsNumberBecameAnotherTasks) {
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(102)) kernel_.tasks.at(102).pid = Pid(999);
  };
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  EXPECT_EQ(placed->threads.back().error->kind, ErrorKind::task_replaced);
}

TEST_F(SnapshotWalkTest, NamesThreadsThatCannotBeSetAndSetsTheOthers) {
  kernel_.tasks.at(101).set_error = EBUSY;
  const auto placed = place("1");
  ASSERT_TRUE(placed);
  EXPECT_FALSE(placed->done());
  EXPECT_EQ(placed->threads.at(1).outcome, Outcome::failed);
  EXPECT_EQ(placed->threads.at(1).effective, cpus("0-3"));
  EXPECT_EQ(mask(102), cpus("1"));
}

TEST_F(SnapshotWalkTest, WhatTheyHadAskedForIsRecorded) {
  kernel_.tasks.at(100).request = cpus("0-3");
  kernel_.tasks.at(101).request = CpuSet();
  int records = 0;
  record_ = [&](const Assignment&, std::span<const ThreadPlacement> threads,
                const Requests& before) {
    ++records;
    EXPECT_TRUE(kernel_.was_set.empty());
    EXPECT_EQ(threads.size(), 3U);
    EXPECT_EQ(before.of(Tid(100)), cpus("0-3"));
    EXPECT_EQ(before.of(Tid(101)), CpuSet());
    EXPECT_EQ(before.of(Tid(102)), std::nullopt);
    EXPECT_EQ(before.start_time(Tid(102)), 100U);
  };
  ASSERT_TRUE(place("1"));
  EXPECT_EQ(records, 1);
}

class ResetTest : public WalkTest {
 protected:
  Result<ProcessPlacement> reset(Isolated isolated = Isolated::leave_out) {
    auto assignment = prepare_reset(kernel_, Pid(pid), isolated);
    if (!assignment) return fail(assignment.error());
    return apply(kernel_, *assignment, {.workers = 1, .clock = &clock_});
  }
};

TEST_F(ResetTest, GivesWhatTheCpusetAllows) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0-1")};
  for (auto& [tid, task] : kernel_.tasks)
    task.mask = cpus("1");
  const auto placed = reset();
  ASSERT_TRUE(placed);
  EXPECT_TRUE(placed->done());
  EXPECT_EQ(placed->threads.front().asked, cpus("0-3"));
  EXPECT_EQ(mask(102), cpus("0-1"));
}

TEST_F(ResetTest, LeavesIsolatedCpusAloneUnlessAskedFor) {
  kernel_.system.isolated = cpus("3");
  ASSERT_TRUE(reset());
  EXPECT_EQ(mask(101), cpus("0-2"));
  ASSERT_TRUE(reset(Isolated::include));
  EXPECT_EQ(mask(101), cpus("0-3"));
}

TEST_F(ResetTest, SaysWhenTheCpusetHasOnlyIsolatedCpus) {
  kernel_.system.isolated = cpus("2-3");
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("2-3")};
  const auto placed = reset();
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::isolated_only);
  EXPECT_TRUE(kernel_.was_set.empty());
}

}  // namespace
}  // namespace pinfold

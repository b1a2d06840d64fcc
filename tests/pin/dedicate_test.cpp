// CPUs for one alone, on a system that does what the test says.
#include "pin/dedicate.h"

#include <gtest/gtest.h>

#include "pin/recorder.h"
#include "pin/undo.h"
#include "support/fake_kernel.h"
#include "support/own_folder.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeClock;
using test::FakeKernel;
using test::FakeTask;

std::vector<Tid> tids(const std::vector<Staying>& threads) {
  std::vector<Tid> tids;
  for (const Staying& thread : threads)
    tids.push_back(thread.task.tid);
  return tids;
}

// Pid 1, the caller (50), the target (100 and 101), others (200, 201; 300), kernel threads (2, 3).
class DedicateTest : public testing::Test {
 protected:
  DedicateTest() {
    kernel_.add(1, 1, cpus("0-3")).name = "init";
    kernel_.add(50, 50, cpus("0-3")).name = "pinfold";
    kernel_.add(50, 0, cpus("0-3")).name = "pinfold";
    for (const pid_t tid : {100, 101})
      kernel_.add(100, tid, cpus("0-3")).name = "trader";
    for (const pid_t tid : {200, 201})
      kernel_.add(200, tid, cpus("0-3")).name = "server";
    kernel_.add(300, 300, cpus("2-3")).name = "other";
    for (const pid_t tid : {2, 3}) {
      FakeTask& task = kernel_.add(tid, tid, tid == 2 ? cpus("0-3") : cpus("3"));
      task.kernel_thread = true;
      task.bound_by_kernel = tid == 3;
    }
  }

  Result<Dedication> dedicate(const char* list, const std::vector<Target>& targets,
                              DedicateOptions options = {}) {
    std::vector<Assignment> assignments;
    for (const Target& target : targets) {
      auto assignment =
          prepare(kernel_, target, {.cpus = [&](const Limits&) { return cpus(list); }});
      if (!assignment) return fail(assignment.error());
      assignments.push_back(std::move(*assignment));
    }
    options.apply.workers = 1;
    options.apply.clock = &clock_;
    return pinfold::dedicate(kernel_, std::move(assignments), options);
  }

  [[nodiscard]] CpuSet mask(pid_t tid) const { return kernel_.tasks.at(tid).mask; }

  FakeKernel kernel_{cpus("0-3")};
  FakeClock clock_;
};

TEST_F(DedicateTest, TheTargetIsThereAndEverybodyElseIsNot) {
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done) << message(done.error());
  EXPECT_TRUE(done->done());
  EXPECT_EQ(mask(100), cpus("3"));
  EXPECT_EQ(mask(101), cpus("3"));
  for (const pid_t tid : {1, 200, 201})
    EXPECT_EQ(mask(tid), cpus("0-2")) << tid;
  EXPECT_EQ(mask(300), cpus("2"));
  EXPECT_EQ(tids(done->kernel_threads), (std::vector{Tid(2), Tid(3)}));
  EXPECT_EQ(mask(2), cpus("0-3")) << "listed, not moved";
}

TEST_F(DedicateTest, OfASingleThreadTheOthersOfItsProcessAreOthers) {
  const auto done = dedicate("3", {Tid(101)});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done());
  EXPECT_EQ(mask(101), cpus("3"));
  EXPECT_EQ(mask(100), cpus("0-2"));
}

TEST_F(DedicateTest, WhoseWholeMaskLiesInsideIsLeftAndListed) {
  kernel_.tasks.at(300).mask = cpus("3");
  const auto done = dedicate("2-3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done());
  EXPECT_EQ(mask(300), cpus("3"));
  EXPECT_EQ(tids(done->inside), std::vector{Tid(300)});
}

TEST_F(DedicateTest, EvictGivesThemTheRestOfTheirCpuset) {
  kernel_.tasks.at(300).mask = cpus("3");
  const auto done = dedicate("2-3", {Pid(100)}, {.evict = Evict::yes});
  ASSERT_TRUE(done);
  EXPECT_EQ(mask(300), cpus("0-1"));
  EXPECT_TRUE(done->inside.empty());
}

TEST_F(DedicateTest, KernelThreadsAreMovedOnlyIfToldAndOnlyIfTheyCanBe) {
  const auto done = dedicate("3", {Pid(100)}, {.kernel_threads = KernelThreads::move});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done());
  EXPECT_EQ(mask(2), cpus("0-2"));
  EXPECT_EQ(mask(3), cpus("3"));
  EXPECT_EQ(tids(done->kernel_threads), std::vector{Tid(3)});
}

TEST_F(DedicateTest, IsolatedCpusAreNotGivenToWhoNeverHadThem) {
  kernel_.system.isolated = cpus("1");
  for (auto& [tid, task] : kernel_.tasks)
    task.mask = task.mask - cpus("1");
  kernel_.tasks.at(300).mask = cpus("3");
  ASSERT_TRUE(dedicate("3", {Pid(100)}, {.evict = Evict::yes}));
  EXPECT_EQ(mask(200), cpus("0,2"));
  EXPECT_EQ(mask(300), cpus("0,2"));
}

TEST_F(DedicateTest, RefusesWhereNothingWouldBeLeftForOthers) {
  const auto done = dedicate("0-3", {Pid(100)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::nothing_left);
  EXPECT_TRUE(kernel_.was_set.empty());
}

TEST_F(DedicateTest, RefusesWhereOnlyIsolatedCpusWouldBeLeft) {
  kernel_.system.isolated = cpus("0-1");
  const auto done = dedicate("2-3", {Pid(100)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::nothing_left);
}

TEST_F(DedicateTest, WhereTheTargetCannotBeSetNobodyIsTouched) {
  kernel_.tasks.at(101).set_error = EPERM;
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->done());
  EXPECT_EQ(mask(200), cpus("0-3"));
  EXPECT_TRUE(done->others.empty());
}

TEST_F(DedicateTest, WhoCannotBeSetIsToldOnceAndTheRestIsDone) {
  kernel_.tasks.at(200).set_error = EPERM;
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->done());
  EXPECT_EQ(mask(201), cpus("0-2"));
  EXPECT_EQ(mask(300), cpus("2"));
  int failed = 0;
  for (const ProcessPlacement& placement : done->others) {
    for (const ThreadPlacement& thread : placement.threads)
      failed += thread.outcome == Outcome::failed ? 1 : 0;
  }
  EXPECT_EQ(failed, 1);
}

TEST_F(DedicateTest, ProcessesForkedMeanwhileAreFoundByTheNextPass) {
  // The child of a fork that began before its parent was set.
  bool forked = false;
  kernel_.before_set = [&](Tid tid) {
    if (tid == Tid(300) && !std::exchange(forked, true)) kernel_.add(400, 400, cpus("2-3"));
  };
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done());
  EXPECT_EQ(mask(400), cpus("2"));
}

TEST_F(DedicateTest, WaitsForAForkThatIsUnderWay) {
  int looks = 0;
  kernel_.tasks.at(200).activity = [&] {
    if (++looks == 20) kernel_.add(400, 400, cpus("0-3"));
    return looks < 20 ? Activity::in_fork : Activity::outside_clone;
  };
  ASSERT_TRUE(dedicate("3", {Pid(100)})->done());
  EXPECT_EQ(mask(400), cpus("0-2"));
}

TEST_F(DedicateTest, SaysWhoRemainsWhenTimeIsOver) {
  pid_t next = 1000;
  kernel_.before_list = [&](int) {
    clock_.sleep(std::chrono::milliseconds(1));
    kernel_.add(next, next, cpus("0-3"));
    ++next;
  };
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_FALSE(done->done());
  EXPECT_FALSE(done->came_again.empty());
}

TEST_F(DedicateTest, WhoWasMovedAtTheLastMomentDoesNotRemain) {
  // As on a machine so busy that the first pass takes longer than there is time.
  kernel_.before_set = [&](Tid) { clock_.sleep(std::chrono::seconds(2)); };
  const auto done = dedicate("3", {Pid(100)});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->done());
  EXPECT_TRUE(done->came_again.empty());
  EXPECT_EQ(mask(300), cpus("2"));
}

TEST_F(DedicateTest, NewcomersOfTheTargetArePlacedNotTakenOff) {
  int asked = 0;
  DedicateOptions options;
  options.newcomers = [&]() -> Result<std::vector<Assignment>> {
    std::vector<Assignment> newcomers;
    if (++asked == 1) {
      auto newcomer =
          prepare(kernel_, Pid(300), {.cpus = [&](const Limits&) { return cpus("3"); }});
      if (newcomer) newcomers.push_back(std::move(*newcomer));
    }
    return newcomers;
  };
  const auto done = dedicate("3", {Pid(100)}, options);
  ASSERT_TRUE(done);
  EXPECT_EQ(mask(300), cpus("3"));
  EXPECT_GE(asked, 2) << "the pass that placed one is not the last";
}

TEST_F(DedicateTest, ADryRunChangesNothingAndTellsAll) {
  const auto done = dedicate("3", {Pid(100)}, {.dry_run = DryRun::yes});
  ASSERT_TRUE(done);
  EXPECT_TRUE(kernel_.was_set.empty());
  ASSERT_EQ(done->others.size(), 3U);  // 1, 200, 300
  EXPECT_EQ(done->others.back().threads.front().asked, cpus("2"));
}

class UndoDedicateTest : public DedicateTest {
 protected:
  Result<Journal> open_journal() { return Journal::in(StateDir::open_in(folder_.path())); }

  void dedicate_and_record(const char* list, Target target) {
    // Before it began, so that what is added later was born since.
    kernel_.tasks.at(0).start_time = 500;
    Recorder recorder(kernel_, ChangeKind::dedicate, "dedicate", [&] { return open_journal(); });
    DedicateOptions options;
    options.apply.record = std::ref(recorder);
    ASSERT_TRUE(dedicate(list, {target}, options)->done());
    ASSERT_FALSE(recorder.error()) << message(*recorder.error());
  }

  void undo() {
    const auto change = open_journal()->read(1, Journal::Lock::wait);
    const Undone undone = pinfold::undo(kernel_, (*change)->head, (*change)->processes, Force::no,
                                        {.workers = 1, .clock = &clock_});
    EXPECT_TRUE(undone.left.empty());
    EXPECT_TRUE(undone.errors.empty());
  }

  test::OwnFolder folder_;
};

TEST_F(UndoDedicateTest, EverybodyGetsBackWhatHeHad) {
  kernel_.tasks.at(201).mask = cpus("1,3");
  dedicate_and_record("3", Pid(100));
  undo();
  for (const pid_t tid : {1, 100, 101, 200})
    EXPECT_EQ(mask(tid), cpus("0-3")) << tid;
  EXPECT_EQ(mask(201), cpus("1,3"));
  EXPECT_EQ(mask(300), cpus("2-3"));
}

TEST_F(UndoDedicateTest, ProcessesBornSinceGetTheMaskThatTheirsReplaced) {
  dedicate_and_record("3", Pid(100));
  kernel_.add(400, 400, cpus("0-2")).start_time = 600;
  kernel_.add(401, 401, cpus("3")).start_time = 600;    // a child of the target
  kernel_.add(402, 402, cpus("0-1")).start_time = 600;  // set by somebody else
  undo();
  EXPECT_EQ(mask(400), cpus("0-3"));
  EXPECT_EQ(mask(401), cpus("0-3"));
  EXPECT_EQ(mask(402), cpus("0-1"));
}

TEST_F(UndoDedicateTest, WhoWasThereBeforeWithSuchAMaskIsLeftAlone) {
  kernel_.add(400, 400, cpus("0-2"));
  dedicate_and_record("3", Pid(100));
  undo();
  EXPECT_EQ(mask(400), cpus("0-2"));
}

TEST_F(UndoDedicateTest, HalfADedicateIsUndoneAsWell) {
  // As if it had been killed before it came to the last process.
  kernel_.tasks.at(0).start_time = 500;
  {
    Recorder recorder(kernel_, ChangeKind::dedicate, "dedicate", [&] { return open_journal(); });
    DedicateOptions options;
    int records = 0;
    options.apply.record = [&](const Assignment& assignment,
                               std::span<const ThreadPlacement> threads, const Requests& before) {
      recorder(assignment, threads, before);
      if (++records < 3) return;
      for (auto& [tid, task] : kernel_.tasks)
        task.set_error = EPERM;  // what is not done any more
    };
    ASSERT_TRUE(dedicate("3", {Pid(100)}, options));
  }
  for (auto& [tid, task] : kernel_.tasks)
    task.set_error = 0;
  undo();
  for (const pid_t tid : {1, 100, 101, 200, 201})
    EXPECT_EQ(mask(tid), cpus("0-3")) << tid;
  EXPECT_EQ(mask(300), cpus("2-3"));
}

}  // namespace
}  // namespace pinfold

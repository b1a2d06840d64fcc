// Masks put back, on a system that does what the test says. What was done is recorded as commands
// record it.
#include "pin/undo.h"

#include <gtest/gtest.h>

#include "pin/recorder.h"
#include "support/fake_kernel.h"
#include "support/own_folder.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeClock;
using test::FakeKernel;

class UndoTest : public testing::Test {
 protected:
  static constexpr pid_t pid = 100;

  UndoTest() {
    kernel_.add(0, 0, cpus("0-3")).pid = Pid(1);  // the caller
    for (const pid_t tid : {100, 101, 102})
      kernel_.add(pid, tid, cpus("0-3"));
  }

  // What `pinfold set` does.
  void set(const char* list, Target target = Pid(pid)) {
    auto assignment = prepare(kernel_, target, {.cpus = [&](const Limits&) { return cpus(list); }});
    ASSERT_TRUE(assignment) << message(assignment.error());
    Recorder recorder(kernel_, ChangeKind::set, "set", [&] { return open_journal(); });
    ASSERT_TRUE(
        apply(kernel_, *assignment,
              {.workers = 1, .clock = &clock_, .snapshot_from = 1, .record = std::ref(recorder)}));
    ASSERT_FALSE(recorder.error()) << message(*recorder.error());
  }

  Result<Journal> open_journal() { return Journal::in(StateDir::open_in(folder_.path())); }

  // What `pinfold undo` does with the newest change.
  Undone undo(Force force = Force::no) {
    const auto journal = open_journal();
    const auto numbers = journal->numbers();
    const auto change = journal->read(numbers->front(), Journal::Lock::wait);
    Undone undone = pinfold::undo(kernel_, (*change)->head, (*change)->processes, force,
                                  {.workers = 1, .clock = &clock_});
    EXPECT_TRUE(journal->remove(**change));
    return undone;
  }

  [[nodiscard]] CpuSet mask(pid_t tid) const { return kernel_.tasks.at(tid).mask; }

  test::OwnFolder folder_;
  FakeKernel kernel_{cpus("0-3")};
  FakeClock clock_;
};

TEST_F(UndoTest, EachThreadGetsWhatItHad) {
  kernel_.tasks.at(101).mask = cpus("0-1");
  kernel_.tasks.at(102).mask = cpus("2");
  set("3");
  const Undone undone = undo();
  EXPECT_EQ(mask(100), cpus("0-3"));
  EXPECT_EQ(mask(101), cpus("0-1"));
  EXPECT_EQ(mask(102), cpus("2"));
  EXPECT_TRUE(undone.left.empty());
  ASSERT_EQ(undone.processes.size(), 1U);
  EXPECT_TRUE(undone.processes.front().done());
}

TEST_F(UndoTest, WhoHadAllOfItsCpusetAsksForAllThatThereIs) {
  kernel_.limit = CpusetLimit{.cgroup = "/c", .file = "/sys/fs/cgroup/c", .cpus = cpus("0-1")};
  for (auto& [tid, task] : kernel_.tasks)
    task.mask = cpus("0-1");
  set("0");
  kernel_.limit->cpus = cpus("0-2");
  undo();
  EXPECT_EQ(mask(100), cpus("0-2")) << "a cpuset that has grown is used";
}

// What somebody asked for counts in a cpuset that grows, also where it was not to be had then.
TEST_F(UndoTest, KnownRequestIsPutBack) {
  kernel_.snapshots = kernel_.counts = true;
  kernel_.limit = CpusetLimit{.cgroup = "/c", .file = "/sys/fs/cgroup/c", .cpus = cpus("0-1")};
  for (auto& [tid, task] : kernel_.tasks) {
    task.mask = cpus("0-1");
    task.request = cpus("0-2");
  }
  kernel_.tasks.at(101).request = cpus("0-1");
  set("0");
  kernel_.limit->cpus = cpus("0-3");
  const Undone undone = undo();
  EXPECT_EQ(mask(100), cpus("0-2"));
  EXPECT_EQ(mask(101), cpus("0-1"));
  EXPECT_EQ(kernel_.tasks.at(102).request, cpus("0-2"));
  EXPECT_TRUE(undone.left.empty());
}

TEST_F(UndoTest, KnownRequestIsNoGuess) {
  kernel_.snapshots = kernel_.counts = true;
  kernel_.tasks.at(100).mask = cpus("0-1");
  kernel_.tasks.at(100).request = cpus("0-1");
  kernel_.tasks.at(101).mask = cpus("0-1");
  kernel_.tasks.at(101).request = CpuSet();  // by the kernel itself
  kernel_.tasks.at(102).mask = cpus("0-1");
  set("3");
  const auto journal = open_journal();
  const auto change = journal->read(1, Journal::Lock::none);
  std::vector<bool> guessed;
  for (const MaskChange& mask : (*change)->processes.at(0).masks) {
    EXPECT_EQ(mask.back, cpus("0-1"));
    guessed.insert(guessed.end(), mask.threads.size(), mask.guessed);
  }
  EXPECT_EQ(guessed, (std::vector{false, false, true}));
}

// The kernel would refuse it: the thread had what its cpuset allows instead.
TEST_F(UndoTest, RequestOutsideTheCpusetIsNotAskedForAgain) {
  kernel_.snapshots = kernel_.counts = true;
  kernel_.limit = CpusetLimit{.cgroup = "/c", .file = "/sys/fs/cgroup/c", .cpus = cpus("0-1")};
  for (auto& [tid, task] : kernel_.tasks) {
    task.mask = cpus("0-1");
    task.request = cpus("3");
  }
  set("0");
  const Undone undone = undo();
  EXPECT_EQ(mask(100), cpus("0-1"));
  EXPECT_TRUE(undone.processes.front().done());
}

TEST_F(UndoTest, ThreadsStartedSinceGetWhatTheirProcessHad) {
  set("3");
  kernel_.add(pid, 103, cpus("3"));
  undo();
  EXPECT_EQ(mask(103), cpus("0-3"));
}

TEST_F(UndoTest, ThreadsStartedSinceGetWhatTheLeaderHadWhereThreadsDiffered) {
  kernel_.tasks.at(101).mask = cpus("0-1");
  set("3");
  kernel_.add(pid, 103, cpus("3"));
  undo();
  EXPECT_EQ(mask(103), cpus("0-3"));
}

TEST_F(UndoTest, NumberOfAThreadThatWasGivenAgainIsAnotherThread) {
  kernel_.tasks.at(101).mask = cpus("0-1");
  set("3");
  kernel_.tasks.at(101).start_time = 999;
  undo();
  EXPECT_EQ(mask(101), cpus("0-3")) << "what its process had, not what the other thread had";
}

TEST_F(UndoTest, WhoWasChangedSinceIsNamedAndLeft) {
  set("3");
  kernel_.tasks.at(101).mask = cpus("1-2");
  const Undone undone = undo();
  EXPECT_EQ(mask(100), cpus("0-3"));
  EXPECT_EQ(mask(101), cpus("1-2"));
  ASSERT_EQ(undone.left.size(), 1U);
  EXPECT_EQ(undone.left.front().tid, Tid(101));
  EXPECT_EQ(undone.left.front().now, cpus("1-2"));
  EXPECT_EQ(undone.left.front().asked, cpus("3"));
}

TEST_F(UndoTest, ForcePutsThemBackToo) {
  set("3");
  kernel_.tasks.at(101).mask = cpus("1-2");
  const Undone undone = undo(Force::yes);
  EXPECT_EQ(mask(101), cpus("0-3"));
  EXPECT_TRUE(undone.left.empty());
}

TEST_F(UndoTest, OnceMoreDoesNothing) {
  kernel_.tasks.at(101).mask = cpus("0-1");
  set("3");
  const auto journal = open_journal();
  const auto change = journal->read(1, Journal::Lock::wait);
  for (int i = 0; i < 2; ++i) {
    kernel_.was_set.clear();
    const Undone undone = pinfold::undo(kernel_, (*change)->head, (*change)->processes, Force::no,
                                        {.workers = 1, .clock = &clock_});
    EXPECT_TRUE(undone.left.empty());
    EXPECT_EQ(undone.processes.empty(), i == 1);
    EXPECT_EQ(kernel_.was_set.empty(), i == 1);
  }
}

TEST_F(UndoTest, ProcessThatEndedIsCountedAndItsNumbersNextOwnerLeftAlone) {
  set("3");
  for (auto& [tid, task] : kernel_.tasks)
    task.start_time = 999;
  const Undone undone = undo(Force::yes);
  EXPECT_EQ(undone.ended, 1U);
  EXPECT_EQ(mask(100), cpus("3"));
}

TEST_F(UndoTest, ASingleThreadLeavesTheOthersAlone) {
  set("3", Tid(101));
  kernel_.add(pid, 103, cpus("3"));
  undo();
  EXPECT_EQ(mask(101), cpus("0-3"));
  EXPECT_EQ(mask(103), cpus("3"));
}

TEST_F(UndoTest, ChangesAreUndoneInTheOppositeOrder) {
  set("2-3");
  set("3");
  undo();
  EXPECT_EQ(mask(100), cpus("2-3"));
  undo();
  EXPECT_EQ(mask(100), cpus("0-3"));
}

TEST_F(UndoTest, ThreadsThatCouldNotBeSetThenAreNotTouchedNow) {
  kernel_.tasks.at(102).set_error = EPERM;
  set("3");
  kernel_.tasks.at(102).set_error = 0;
  kernel_.was_set.clear();
  undo();
  EXPECT_EQ(kernel_.was_set, (std::vector{Tid(100), Tid(101)}));
}

}  // namespace
}  // namespace pinfold

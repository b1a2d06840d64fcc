// Who is told to be there, and to be gone.
#include <algorithm>

#include "trace/stream_fixture.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;
using test::RecordTask;

constexpr RecordTask creator{};
constexpr RecordTask child{.pid = nobody + 10, .tid = nobody + 10, .name = "child"};

class StreamAliveTest : public StreamTest {
 protected:
  StreamAliveTest() {
    with_lives = true;
    options.inherited = false;
  }

  static RecordBuilder fork(const RecordTask& of = child) {
    return RecordBuilder(trace_fork).actor(creator).target(of).allowed("0-7");
  }
  static RecordBuilder exit(const RecordTask& of = child) {
    return RecordBuilder(trace_exit).actor(of);
  }
  static RecordBuilder set(const RecordTask& of = child) {
    return RecordBuilder(trace_set).actor(creator).target(of).allowed("1");
  }
  static RecordBuilder exec(const RecordTask& as, pid_t before) {
    return RecordBuilder(trace_exec).self(as).allowed("0-7").argument(before);
  }

  /// A letter each: born, alive, ended. All are about this thread, and told since it was last
  /// asked.
  std::string told(pid_t tid = child.tid) {
    std::string letters;
    for (const Life& life : std::exchange(lives, {})) {
      const auto* const alive = std::get_if<Alive>(&life);
      const auto* const ended = std::get_if<Ended>(&life);
      EXPECT_EQ(alive ? alive->task.tid : ended->tid, Tid(tid));
      letters += ended ? 'e' : alive->born ? 'b' : 'a';
    }
    return letters;
  }
  Alive only_alive() {
    EXPECT_EQ(lives.size(), 1U);
    const auto all = std::exchange(lives, {});
    const auto* const alive = all.empty() ? nullptr : std::get_if<Alive>(&all[0]);
    EXPECT_NE(alive, nullptr);
    return alive ? *alive : Alive{};
  }

  /// A whole snapshot at the next moment; what it finds is confirmed where it is asked for.
  Moment snapshot(const std::vector<TaskMasks>& there) {
    const Moment began = at(++now);
    stream().compare(there, began, Whole::yes);
    return began;
  }
};

TEST_F(StreamAliveTest, ABirthAndAnEnd) {
  take(fork());
  const Alive alive = only_alive();
  EXPECT_TRUE(alive.born);
  EXPECT_EQ(alive.time, real(now));
  EXPECT_EQ(alive.task.pid, Pid(child.pid));
  EXPECT_EQ(alive.task.tid, Tid(child.tid));
  EXPECT_EQ(alive.task.comm, "child");
  EXPECT_EQ(alive.task.start_time, child.start);
  EXPECT_EQ(alive.allowed, cpus("0-7"));
  take(exit());
  ASSERT_EQ(lives.size(), 1U);
  const auto& ended = std::get<Ended>(lives[0]);
  EXPECT_EQ(ended.time, real(now));
  EXPECT_EQ(ended.pid, Pid(child.pid));
  EXPECT_EQ(ended.tid, Tid(child.tid));
  EXPECT_EQ(ended.start_time, child.start);
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamAliveTest, WhereNobodyWantsThemNothingIsTold) {
  with_lives = false;
  take(fork());
  take(set());
  take(exit());
  EXPECT_TRUE(lives.empty());
}

TEST_F(StreamAliveTest, OnlyTargetsAndTheirChildren) {
  filter.targets = Tasks{.processes = {Pid(creator.pid)}, .threads = {}};
  take(fork());
  EXPECT_EQ(told(), "b");
  take(RecordBuilder(trace_fork).actor({.pid = 1, .tid = 1}).target({.pid = 5, .tid = 5}));
  take(exit({.pid = 5, .tid = 5}));
  EXPECT_EQ(told(), "");
  take(exit().flag(trace_whole_process));
  EXPECT_EQ(told(), "e");
}

TEST_F(StreamAliveTest, TheKernelsOwnThreadsAreNotToldAsTheyBegin) {
  take(fork().flag(trace_by_kernel).flag(trace_target_by_kernel));
  take(exit());
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveTest, TheFirstSnapshotTellsWhoIsThere) {
  TaskMasks bound = masks(7, "0");
  bound.task.kernel_thread = bound.task.bound_by_kernel = true;
  TaskMasks zombie = masks(8, "0-7");
  zombie.task.state = 'Z';
  TaskMasks kernel_thread = masks(9, "0-7");
  kernel_thread.task.kernel_thread = true;
  kernel_thread.task.name = "longer_than_names_are";
  stream().meet(snapshot({masks(6, "0-3"), bound, zombie, kernel_thread}));
  ASSERT_EQ(lives.size(), 2U);
  std::ranges::sort(lives, {}, [](const Life& life) { return std::get<Alive>(life).task.tid; });
  const auto& user = std::get<Alive>(lives[0]);
  EXPECT_EQ(user.task.tid, Tid(6));
  EXPECT_EQ(user.task.comm, "task");
  EXPECT_EQ(user.allowed, cpus("0-3"));
  EXPECT_FALSE(user.born);
  EXPECT_EQ(user.time, real(now));
  EXPECT_EQ(std::get<Alive>(lives[1]).task.comm, "longer_than_nam");
}

TEST_F(StreamAliveTest, WhoWasBornBeforeTheFirstSnapshotIsToldOnce) {
  RecordTask named = child;
  named.name = "task";
  take(fork(named));
  stream().meet(snapshot({masks(child.tid, "0-7", child.start)}));
  EXPECT_EQ(told(), "b");
}

TEST_F(StreamAliveTest, AThreadIsToldBeforeAnEventAboutIt) {
  know(child.tid, "0-7");
  take(set());
  const Alive alive = only_alive();
  EXPECT_FALSE(alive.born);
  EXPECT_EQ(alive.allowed, cpus("0-7")) << "before the event";
  EXPECT_EQ(alive.task.start_time, child.start);
  take(set());
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveTest, WhoHasEndedDoesNotComeBackByAnEventAboutIt) {
  take(fork());
  take(exit());
  EXPECT_EQ(told(), "be");
  take(set());
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveTest, TheEndIsToldAfterWhatWaitsForAnExplanation) {
  options.has_commits = true;
  take(fork());
  take(RecordBuilder(trace_commit).actor(creator).target(child).allowed("0-3").old("0-7"));
  take(exit());
  EXPECT_EQ(told(), "b");
  EXPECT_TRUE(events.empty());
  stream().flush_commits(at(now + 1));
  only_set();
  EXPECT_EQ(told(), "e");
}

TEST_F(StreamAliveTest, AnotherWithTheSameNumberMeansThatTheFirstHasEnded) {
  take(fork());
  RecordTask second = child;
  second.start = 200;
  take(fork(second));
  EXPECT_EQ(told(), "beb");
  take(exit());
  EXPECT_EQ(told(), "") << "the first one's end";
  take(exit(second));
  EXPECT_EQ(told(), "e");
}

TEST_F(StreamAliveTest, AnotherNameIsTold) {
  take(fork());
  told();
  RecordTask named = child;
  named.name = "other";
  take(RecordBuilder(trace_rename).actor(creator).target(named).allowed("0-7"));
  const Alive alive = only_alive();
  EXPECT_EQ(alive.task.comm, "other");
  EXPECT_FALSE(alive.born);
  take(exec(named, child.tid));
  EXPECT_EQ(told(), "") << "the same name";
}

TEST_F(StreamAliveTest, AThreadThatExecsHasTheFirstOnesNumberThen) {
  RecordTask thread = child;
  thread.tid = child.tid + 1;
  thread.start = 150;
  take(fork());
  EXPECT_EQ(told(), "b");
  take(fork(thread));
  EXPECT_EQ(told(thread.tid), "b");
  take(exit());
  EXPECT_EQ(told(), "e");
  take(exec(child, thread.tid));
  ASSERT_EQ(lives.size(), 2U);
  EXPECT_EQ(std::get<Ended>(lives[0]).tid, Tid(thread.tid));
  EXPECT_EQ(std::get<Ended>(lives[0]).start_time, thread.start);
  EXPECT_EQ(std::get<Alive>(lives[1]).task.tid, Tid(child.tid));
  EXPECT_EQ(tell(set()).old, cpus("0-7"));
}

class StreamAliveAfterLossTest : public StreamAliveTest {
 protected:
  StreamAliveAfterLossTest() { kernel.add(child.pid, child.tid, cpus("0-7")); }
  const std::vector<TaskMasks> with = {masks(child.tid, "0-7", child.start)};
};

TEST_F(StreamAliveAfterLossTest, WhoIsNewIsToldWhenItIsCertain) {
  const Moment began = snapshot(with);
  EXPECT_EQ(told(), "") << "its birth may be on its way";
  stream().settle(began);
  EXPECT_EQ(told(), "a");
  stream().settle(snapshot(with));
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveAfterLossTest, ABirthThatWasOnItsWayIsTheBirth) {
  const Moment began = snapshot(with);
  take(fork());
  stream().settle(began);
  EXPECT_EQ(told(), "b");
}

TEST_F(StreamAliveAfterLossTest, WhoEndsBeforeItIsToldIsToldFirst) {
  const Moment began = snapshot(with);
  take(exit());
  EXPECT_EQ(told(), "ae");
  stream().settle(began);
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveAfterLossTest, WhoIsGoneByThenIsNotTold) {
  const Moment began = snapshot(with);
  kernel.tasks.clear();
  stream().settle(began);
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveAfterLossTest, WhoIsNotInItHasEnded) {
  take(fork());
  EXPECT_EQ(told(), "b");
  kernel.tasks.clear();
  const Moment began = snapshot({});
  const int then = now;
  EXPECT_EQ(told(), "");
  stream().settle(began);
  ASSERT_EQ(lives.size(), 1U);
  EXPECT_EQ(std::get<Ended>(lives[0]).time, real(then));
}

TEST_F(StreamAliveAfterLossTest, WhomASnapshotHasLeftOutHasNotEnded) {
  take(fork());
  EXPECT_EQ(told(), "b");
  stream().settle(snapshot({}));
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveAfterLossTest, WhoIsBornMeanwhileHasNotEnded) {
  const Moment began = at(++now);
  take(fork());
  stream().compare({}, began, Whole::yes);
  kernel.tasks.clear();
  stream().settle(began);
  EXPECT_EQ(told(), "b");
}

TEST_F(StreamAliveAfterLossTest, WhoseEndWasToldHasNotComeBack) {
  take(fork());
  const Moment began = at(++now);
  take(exit());
  EXPECT_EQ(told(), "be");
  stream().compare(with, began, Whole::yes);
  stream().settle(began);
  EXPECT_EQ(told(), "");
}

TEST_F(StreamAliveAfterLossTest, ANameThatWasLostIsTold) {
  take(fork());
  EXPECT_EQ(told(), "b");
  stream().settle(snapshot(with));
  EXPECT_EQ(only_alive().task.comm, "task");
}

TEST_F(StreamAliveAfterLossTest, AChildOfATargetIsOneThoughItsBirthWasLost) {
  filter.targets = Tasks{.processes = {Pid(creator.pid)}, .threads = {}};
  stream().settle(snapshot(with));
  EXPECT_EQ(told(), "");
  stream().include(Pid(child.pid), trace_wanted_target);
  stream().settle(snapshot(with));
  EXPECT_EQ(told(), "a");
}

}  // namespace
}  // namespace pinfold::trace

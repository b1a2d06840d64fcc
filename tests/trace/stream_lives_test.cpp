// What becomes of tasks: they begin, are moved and end.
#include "trace/stream_fixture.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;
using test::RecordTask;

constexpr RecordTask creator{};
constexpr RecordTask child{.pid = nobody + 10, .tid = nobody + 10, .parent = nobody};

class StreamLivesTest : public StreamTest {
 protected:
  static RecordBuilder fork(const char* allowed, const RecordTask& of = child) {
    return RecordBuilder(trace_fork).actor(creator).target(of).allowed(allowed);
  }
  static RecordBuilder move(const char* allowed) {
    return RecordBuilder(trace_move).actor(creator).target(child).allowed(allowed).path("/b");
  }
  void leave(const char* left) {
    kernel.limit = CpusetLimit{.cgroup = "/a", .file = "/a/cpuset.cpus", .cpus = cpus(left)};
  }
};

TEST_F(StreamLivesTest, AChildsFirstMaskIsRemembered) {
  take(fork("0-7"));
  EXPECT_TRUE(events.empty());
  const SetEvent event = tell(RecordBuilder(trace_set).self(child).allowed("1"));
  EXPECT_EQ(event.old, cpus("0-7"));
  EXPECT_EQ(event.old_from, OldFrom::remembered);
}

TEST_F(StreamLivesTest, AChildThatBeginsNarrowedIsTold) {
  const SetEvent event = tell(fork("0-1"));
  EXPECT_EQ(event.cause, Cause::inheritance);
  EXPECT_EQ(event.attribution, Attribution::exact);
  EXPECT_EQ(event.actor->tid, Tid(creator.tid));
  EXPECT_EQ(event.target->tid, Tid(child.tid));
  EXPECT_EQ(event.relation, Relation::child);
  EXPECT_EQ(event.effective, cpus("0-1"));
  EXPECT_EQ(event.narrowed, true);
  EXPECT_FALSE(event.old);
  EXPECT_FALSE(event.result);
  EXPECT_EQ(stream().told_changes(), 1U);
}

TEST_F(StreamLivesTest, ChildrenAreNotToldWhereThatIsNotWanted) {
  options.inherited = false;
  take(fork("0-1"));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, NarrowerThanItsCpusetIsNarrowed) {
  leave("0-3");
  take(fork("0-3"));
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(tell(fork("0-2")).cause, Cause::inheritance);
}

TEST_F(StreamLivesTest, CpusThatAreOffOrIsolatedAreNotMissed) {
  options.isolated = cpus("6-7");
  kernel.system.online = cpus("1-7");
  take(fork("1-5"));
  EXPECT_TRUE(events.empty());
  tell(fork("1-4"));
}

TEST_F(StreamLivesTest, InACpusetOfIsolatedCpusTheyAreMissed) {
  options.isolated = cpus("6-7");
  leave("6-7");
  take(fork("6-7"));
  EXPECT_TRUE(events.empty());
  tell(fork("6"));
}

TEST_F(StreamLivesTest, ACpusetIsReadAnewWhenOneWasWritten) {
  take(fork("0-7"));
  leave("0-3");
  tell(fork("0-3"));  // as it was known
  stream().take(Happened{.triggers = {Trigger{.path = "/a/cpuset.cpus", .cgroup = "/a"}},
                         .missed = false,
                         .online = cpus("0-7")});
  take(fork("0-3"));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, EachCgroupHasItsOwn) {
  take(fork("0-7"));
  leave("0-3");
  RecordTask elsewhere = child;
  elsewhere.cgroup = 2;
  take(fork("0-3", elsewhere));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, KernelThreadsAreNotToldAsTheyBegin) {
  take(fork("0").flag(trace_by_kernel));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, ChildrenOfWantedProcessesAreWanted) {
  filter.targets = Tasks{.processes = {Pid(creator.pid)}, .threads = {}};
  tell(fork("0-1"));
  take(RecordBuilder(trace_exit).actor(child).flag(trace_whole_process));
  take(RecordBuilder(trace_fork).actor({.pid = 1, .tid = 1}).target(child).allowed("0-1"));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, AMoveThatChangesTheMaskIsTold) {
  know(child.tid, "0-7");
  const SetEvent event = tell(move("0-3").cpu(2));
  EXPECT_EQ(event.cause, Cause::cgroup_move);
  EXPECT_EQ(event.attribution, Attribution::exact);
  EXPECT_EQ(event.actor->tid, Tid(creator.tid));
  EXPECT_EQ(event.old, cpus("0-7"));
  EXPECT_EQ(event.old_from, OldFrom::remembered);
  EXPECT_EQ(event.effective, cpus("0-3"));
  EXPECT_EQ(event.by, "/b");
  EXPECT_EQ(event.cpu, CpuId(2));
  take(move("0-3"));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamLivesTest, AMoveOfOneWhoseMaskWasNotKnownIsNoChange) {
  take(move("0-3"));
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(tell(move("0-2")).old, cpus("0-3"));
}

TEST_F(StreamLivesTest, TheOtherThreadsOfAProcessThatMovedAreToBeLookedAt) {
  take(move("0-3"));
  EXPECT_TRUE(stream().take_moved().empty());
  take(move("0-3").flag(trace_whole_process));
  EXPECT_EQ(stream().take_moved(), std::vector{Pid(child.pid)});
  EXPECT_TRUE(stream().take_moved().empty());
}

TEST_F(StreamLivesTest, MovesInHierarchiesWithoutCpusetsChangeNothing) {
  options.cpuset_hierarchy = 4;
  know(child.tid, "0-7");
  take(move("0-3").length(3).flag(trace_whole_process));
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(stream().take_moved().empty());
  tell(move("0-3").length(4));
}

}  // namespace
}  // namespace pinfold::trace

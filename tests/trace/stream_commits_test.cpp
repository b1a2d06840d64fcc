// Calls and changes with what was committed for them.
#include <unistd.h>

#include "trace/stream_fixture.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;
using test::RecordTask;

constexpr RecordTask actor{};
constexpr RecordTask target{.pid = nobody + 10, .tid = nobody + 10};
constexpr RecordTask kernel_thread{.pid = nobody + 20, .tid = nobody + 20, .name = "kworker/0:1"};

class StreamCommitsTest : public StreamTest {
 protected:
  StreamCommitsTest() { options.has_commits = true; }

  static RecordBuilder commit(const RecordTask& by, const char* old, const char* allowed,
                              const RecordTask& of = target) {
    return RecordBuilder(trace_commit).actor(by).target(of).old(old).allowed(allowed);
  }
  static RecordBuilder asked_commit(const char* request, const char* old, const char* allowed) {
    return commit(actor, old, allowed).by_user().kernel_request(request);
  }
  static RecordBuilder set(const char* allowed, const RecordTask& of = target) {
    return RecordBuilder(trace_set).actor(actor).target(of).allowed(allowed);
  }
  static Trigger write(const RecordTask& by, int milliseconds, const std::string& cgroup = "/a") {
    return {.kind = Trigger::Kind::cpuset_write,
            .time = real(milliseconds),
            .tid = Tid(by.tid),
            .actor = Actor{.pid = Pid(by.pid), .tid = Tid(by.tid), .start_time = by.start},
            .path = cgroup + "/cpuset.cpus",
            .cgroup = cgroup,
            .everywhere = true};
  }
  static Trigger gone(unsigned cpu, int milliseconds) {
    return {.kind = Trigger::Kind::hotplug,
            .time = real(milliseconds),
            .tid = {},
            .actor = {},
            .path = {},
            .cgroup = {},
            .cpu = CpuId(cpu),
            .online = false};
  }
  void happen(Trigger trigger) {
    stream().take(Happened{
        .triggers = {std::move(trigger)}, .missed = false, .online = kernel.system.online});
  }
  SetEvent flushed() {
    stream().flush_commits(Moment::max());
    return only_set();
  }
};

TEST_F(StreamCommitsTest, WhatWasHandedOnWins) {
  know(target.tid, "0-3");
  take(asked_commit("1-2", "0-5", "1"));
  EXPECT_TRUE(events.empty());
  const SetEvent event = tell(set("6").user("4").kernel_request("6"));
  EXPECT_EQ(event.request, cpus("1-2"));
  EXPECT_EQ(event.kernel_request, cpus("1-2"));
  EXPECT_TRUE(event.trusted);
  EXPECT_EQ(event.old, cpus("0-5"));
  EXPECT_EQ(event.old_from, OldFrom::commit);
  EXPECT_EQ(event.effective, cpus("6"));
  EXPECT_EQ(event.narrowed, true);
}

// Its end was left out by the kernel's filter, and the next call changed nothing.
TEST_F(StreamCommitsTest, ACommitOfACallBeforeDoesNotWin) {
  options.every_call = false;
  take(asked_commit("1", "0-5", "1"));
  const SetEvent event = tell(set("1").user("1,7").kernel_request("1,7"));
  EXPECT_EQ(event.request, cpus("1,7"));
  EXPECT_EQ(event.kernel_request, cpus("1,7"));
  EXPECT_EQ(event.old, cpus("1"));
  EXPECT_EQ(event.old_from, OldFrom::remembered);
  EXPECT_TRUE(event.trusted);
}

TEST_F(StreamCommitsTest, ACommitOfTheNextCallIsLeftToIt) {
  now = 9;
  RecordBuilder end = set("1").user("1").kernel_request("4");
  take(asked_commit("1", "0-5", "1"));  // 10
  take(asked_commit("4", "1", "4"));    // 11
  now = 9;
  EXPECT_EQ(tell(end).old, cpus("0-5"));  // ended at 10
  const SetEvent next = tell(set("4"));
  EXPECT_EQ(next.old, cpus("1"));
  EXPECT_EQ(next.request, cpus("4"));
}

TEST_F(StreamCommitsTest, WhereRecordsWereLostNothingIsJoined) {
  take(asked_commit("1-2", "0-5", "1"));
  stream().miss();
  const SetEvent event = tell(set("1").user("4"));
  EXPECT_EQ(event.request, cpus("4"));
  EXPECT_FALSE(event.trusted);
  take(commit(actor, "1", "0-3"));
  happen(write(kernel_thread, 5));
  EXPECT_EQ(flushed().cause, Cause::unknown);
}

TEST_F(StreamCommitsTest, ACommitIsJoinedOnce) {
  take(asked_commit("1-2", "0-5", "1"));
  tell(set("1"));
  const SetEvent again = tell(set("1").user("1"));
  EXPECT_EQ(again.old_from, OldFrom::remembered);
  EXPECT_EQ(again.old, cpus("1"));
  EXPECT_FALSE(again.trusted);
}

TEST_F(StreamCommitsTest, ACommitOfAnotherTargetIsNotJoined) {
  take(asked_commit("1-2", "0-5", "1"));
  const SetEvent event = tell(set("4", actor));
  EXPECT_FALSE(event.old);
  EXPECT_FALSE(event.request);
  EXPECT_FALSE(event.trusted);
}

TEST_F(StreamCommitsTest, ACommitOfWhoHadTheNumberBeforeIsNotJoined) {
  take(asked_commit("1-2", "0-5", "1"));
  RecordTask later = target;
  later.start = 200;
  const SetEvent event = tell(set("4", later));
  EXPECT_FALSE(event.old);
  EXPECT_FALSE(event.trusted);
}

TEST_F(StreamCommitsTest, AnActorThatEndedHasNothingPending) {
  take(asked_commit("1-2", "0-5", "1"));
  take(RecordBuilder(trace_exit).actor(actor));
  EXPECT_FALSE(tell(set("1")).trusted);
}

TEST_F(StreamCommitsTest, AFailedCallIsNotTrustedWhateverWasCommitted) {
  take(asked_commit("1-2", "0-5", "1"));
  const SetEvent event = tell(set("0-3").user("1-2").result(-EINVAL));
  EXPECT_FALSE(event.trusted);
  EXPECT_FALSE(event.kernel_request);
  EXPECT_EQ(event.old_from, OldFrom::remembered);
}

// Before 6.2 a commit does not tell the request; what stands in front of it does.
TEST_F(StreamCommitsTest, WhatWasAskedIsJoinedWithOrWithoutACommit) {
  take(RecordBuilder(trace_asked).actor(actor).kernel_request("1-2"));
  take(commit(actor, "0-5", "1").by_user());
  const SetEvent event = tell(set("1").user("4"));
  EXPECT_EQ(event.request, cpus("1-2"));
  EXPECT_TRUE(event.trusted);
  EXPECT_EQ(event.old_from, OldFrom::commit);

  take(RecordBuilder(trace_asked).actor(actor).kernel_request("1,3"));
  const SetEvent same = tell(set("1").user("4"));
  EXPECT_EQ(same.request, cpus("1,3"));
  EXPECT_TRUE(same.trusted);
  EXPECT_EQ(same.old_from, OldFrom::remembered);
}

TEST_F(StreamCommitsTest, ACallThatAsksHasNothingOfTheCallBefore) {
  take(RecordBuilder(trace_asked).actor(actor).kernel_request("1"));
  take(commit(actor, "0-5", "1").by_user());
  take(RecordBuilder(trace_asked).actor(actor).kernel_request("1,7"));
  const SetEvent event = tell(set("1").user("1,7"));
  EXPECT_EQ(event.request, cpus("1,7"));
  EXPECT_TRUE(event.trusted);
  EXPECT_EQ(event.old, cpus("1"));
}

TEST_F(StreamCommitsTest, AChangeIsTheWritersWhoMadeIt) {
  take(commit(actor, "0-7", "0-3"));
  EXPECT_TRUE(events.empty());
  happen(write(actor, 5));
  const SetEvent event = flushed();
  EXPECT_EQ(event.cause, Cause::cpuset_write);
  EXPECT_EQ(event.attribution, Attribution::exact);
  EXPECT_EQ(event.actor->tid, Tid(actor.tid));
  EXPECT_EQ(event.by, "/a/cpuset.cpus");
  EXPECT_EQ(event.old, cpus("0-7"));
  EXPECT_EQ(event.old_from, OldFrom::commit);
  EXPECT_EQ(event.effective, cpus("0-3"));
  EXPECT_EQ(event.time, real(1));
  EXPECT_FALSE(event.result);
  EXPECT_FALSE(event.trusted);
}

TEST_F(StreamCommitsTest, AChangeWaitsForWhatExplainsIt) {
  take(commit(actor, "0-7", "0-3"));
  stream().flush_commits(at(now));
  EXPECT_TRUE(events.empty());
  stream().flush_commits(at(now + 1));
  EXPECT_EQ(only_set().cause, Cause::unknown);
  EXPECT_EQ(stream().told_changes(), 1U);
}

TEST_F(StreamCommitsTest, OfWhatTheWriterDidTheNearestIsIt) {
  now = 100;
  take(commit(actor, "0-7", "0-3"));
  happen(write(actor, 20, "/b"));
  happen(write(actor, 110, "/a"));
  happen(write(actor, 190, "/c"));
  EXPECT_EQ(flushed().by, "/a/cpuset.cpus");
}

TEST_F(StreamCommitsTest, WhatIsNotSureToConcernTheTargetExplainsNothing) {
  take(commit(actor, "0-7", "0-3"));
  Trigger elsewhere = write(actor, 5);
  elsewhere.everywhere = false;  // nobody knows in which cgroup the target is
  happen(elsewhere);
  EXPECT_EQ(flushed().cause, Cause::unknown);
}

TEST_F(StreamCommitsTest, AMoveIsToldByItsCommit) {
  TargetTask self{.pid = Pid(::getpid()), .tid = Tid(::getpid())};
  KnownTasks().complete(self);
  if (!self.cgroup) GTEST_SKIP() << "without cgroups";
  const RecordTask us{.pid = ::getpid(), .tid = ::getpid(), .start = self.start_time};
  take(commit(actor, "0-7", "0-3", us));
  take(RecordBuilder(trace_move).actor(actor).target(us).allowed("0-3").path(*self.cgroup));
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(stream().take_moved().empty());
  const SetEvent event = flushed();
  EXPECT_EQ(event.cause, Cause::cgroup_move);
  EXPECT_EQ(event.attribution, Attribution::exact);
  EXPECT_EQ(event.by, self.cgroup);
}

// The kernel does some in whatever task it interrupts.
TEST_F(StreamCommitsTest, WhoRanAsAnUnexplainedChangeCameIsNotItsActor) {
  take(commit(actor, "0-7", "0-3"));
  const SetEvent event = flushed();
  EXPECT_EQ(event.cause, Cause::unknown);
  EXPECT_EQ(event.attribution, Attribution::unknown);
  EXPECT_FALSE(event.actor);
}

TEST_F(StreamCommitsTest, AKernelThreadDoesWhatAHotplugMakesItDo) {
  kernel.system.online = cpus("0-6");
  take(commit(kernel_thread, "6-7", "6").flag(trace_by_kernel));
  happen(gone(7, 5));
  const SetEvent event = flushed();
  EXPECT_EQ(event.cause, Cause::hotplug);
  EXPECT_EQ(event.attribution, Attribution::inferred);
  EXPECT_FALSE(event.actor);
  EXPECT_EQ(event.by, "cpu7");
}

TEST_F(StreamCommitsTest, AKernelThreadIsNobodysActor) {
  take(commit(kernel_thread, "6-7", "6").flag(trace_by_kernel));
  const SetEvent event = flushed();
  EXPECT_EQ(event.cause, Cause::unknown);
  EXPECT_EQ(event.attribution, Attribution::unknown);
  EXPECT_FALSE(event.actor);
}

TEST_F(StreamCommitsTest, TheKernelBindsItsOwnThreadsUntold) {
  take(commit(kernel_thread, "0-7", "6").flag(trace_by_kernel).flag(trace_target_by_kernel));
  take(commit(actor, "0-7", "0-7"));  // nothing changed
  stream().flush_commits(Moment::max());
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamCommitsTest, WhatIsNotWantedIsNotTold) {
  filter.targets = Tasks{.processes = {Pid(actor.pid)}, .threads = {}};
  take(commit(actor, "0-7", "0-3"));
  stream().flush_commits(Moment::max());
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(stream().told_changes(), 0U);
}

}  // namespace
}  // namespace pinfold::trace

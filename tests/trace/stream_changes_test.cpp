// Changes that a snapshot finds.
#include "trace/stream_fixture.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;
using test::RecordTask;

constexpr pid_t thread = nobody + 10;
constexpr RecordTask writer{.pid = nobody + 30, .tid = nobody + 31, .name = "writer"};

class StreamChangesTest : public StreamTest {
 protected:
  std::vector<Change> compare(const TaskMasks& now_is) {
    ++now;
    return stream().compare({now_is}, at(now), Whole::no);
  }
  /// A snapshot, and what was told of it.
  void look(const TaskMasks& now_is) { stream().confirm(compare(now_is)); }
  SetEvent found(const TaskMasks& now_is) {
    look(now_is);
    return only_set();
  }
  void happen(std::vector<Trigger> triggers, bool missed = false) {
    stream().take(Happened{
        .triggers = std::move(triggers), .missed = missed, .online = kernel.system.online});
  }
  // Everywhere: nobody can tell in which cgroup a task is that is not there.
  [[nodiscard]] Trigger written() const {
    return {.kind = Trigger::Kind::cpuset_write,
            .time = real(now),
            .tid = Tid(writer.tid),
            .actor = {},
            .path = "/a/cpuset.cpus",
            .cgroup = "/a",
            .everywhere = true};
  }
  [[nodiscard]] Trigger switched(unsigned cpu, bool online) const {
    return {.kind = Trigger::Kind::hotplug,
            .time = real(now),
            .tid = {},
            .actor = {},
            .path = {},
            .cgroup = {},
            .cpu = CpuId(cpu),
            .online = online};
  }
};

TEST_F(StreamChangesTest, AChangeThatNothingExplainsIsUnknown) {
  know(thread, "0-7");
  const SetEvent event = found(masks(thread, "0-3"));
  EXPECT_EQ(event.cause, Cause::unknown);
  EXPECT_EQ(event.attribution, Attribution::unknown);
  EXPECT_EQ(event.time, real(2));
  EXPECT_EQ(event.target->tid, Tid(thread));
  EXPECT_EQ(event.target->comm, "task");
  EXPECT_EQ(event.old, cpus("0-7"));
  EXPECT_EQ(event.old_from, OldFrom::remembered);
  EXPECT_EQ(event.effective, cpus("0-3"));
  EXPECT_FALSE(event.actor);
  EXPECT_FALSE(event.cpu);
  look(masks(thread, "0-3"));
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamChangesTest, AnEventThatComesMeanwhileTellsItInstead) {
  know(thread, "0-7");
  const auto changes = compare(masks(thread, "0-3"));
  ASSERT_EQ(changes.size(), 1U);
  const auto call = RecordBuilder(trace_set).self({.pid = thread, .tid = thread}).allowed("0-3");
  EXPECT_EQ(tell(call).old, cpus("0-7"));
  stream().confirm(changes);
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamChangesTest, AWriteExplainsAChange) {
  know(thread, "0-7");
  Trigger write = written();
  write.actor = Actor{.pid = Pid(writer.pid), .tid = Tid(writer.tid), .start_time = 100};
  happen({write});
  const SetEvent event = found(masks(thread, "0-3"));
  EXPECT_EQ(event.cause, Cause::cpuset_write);
  EXPECT_EQ(event.attribution, Attribution::inferred);
  EXPECT_EQ(event.by, "/a/cpuset.cpus");
  EXPECT_EQ(event.actor->tid, Tid(writer.tid));
}

TEST_F(StreamChangesTest, AWriterThatHasEndedIsKnownByItsEnd) {
  know(thread, "0-7");
  RecordTask before = writer;
  before.name = "before it";
  take(RecordBuilder(trace_exit).actor(before));
  take(RecordBuilder(trace_exit).actor(writer));
  take(RecordBuilder(trace_exit).actor({}));
  happen({written()});
  const SetEvent event = found(masks(thread, "0-3"));
  ASSERT_TRUE(event.actor);
  EXPECT_EQ(event.actor->tid, Tid(writer.tid));
  EXPECT_EQ(event.actor->comm, "writer");
}

TEST_F(StreamChangesTest, AWriterOfWhomNothingIsKnownIsNobody) {
  know(thread, "0-7");
  happen({written()});
  const SetEvent event = found(masks(thread, "0-3"));
  EXPECT_EQ(event.cause, Cause::cpuset_write);
  EXPECT_FALSE(event.actor);
}

TEST_F(StreamChangesTest, WhatWasMissedMayHaveDoneIt) {
  know(thread, "0-7");
  happen({written()}, true);
  EXPECT_EQ(found(masks(thread, "0-3")).cause, Cause::unknown);
  stream().settle(at(now));
  happen({written()});
  EXPECT_EQ(found(masks(thread, "0-2")).cause, Cause::cpuset_write);
}

TEST_F(StreamChangesTest, WhatASnapshotHasShownExplainsNoMore) {
  know(thread, "0-7");
  happen({written()});
  ++now;
  stream().settle(at(now));
  EXPECT_EQ(found(masks(thread, "0-3")).cause, Cause::unknown);
}

TEST_F(StreamChangesTest, CpusThatGoTakeAWhile) {
  know(thread, "6-7");
  happen({switched(7, false)});
  kernel.system.online = cpus("0-6");
  now += 900;
  stream().settle(at(now));
  const SetEvent event = found(masks(thread, "6"));
  EXPECT_EQ(event.cause, Cause::hotplug);
  EXPECT_EQ(event.attribution, Attribution::inferred);
  EXPECT_EQ(event.by, "cpu7");
  now += 200;
  stream().settle(at(now));
  EXPECT_EQ(found(masks(thread, "5")).cause, Cause::unknown);
}

TEST_F(StreamChangesTest, ATriggerOfAMoveIsLeftToItsRecord) {
  know(thread, "0-7");
  Trigger move = written();
  move.kind = Trigger::Kind::cgroup_move;
  happen({move});
  EXPECT_EQ(found(masks(thread, "0-3")).cause, Cause::unknown);
}

TEST_F(StreamChangesTest, WhatIsForgottenExplainsNothing) {
  know(thread, "0-7");
  happen({written()});
  stream().forget_triggers(at(now + 1));
  EXPECT_EQ(found(masks(thread, "0-3")).cause, Cause::unknown);
  happen({written()});
  stream().forget_triggers(at(now));
  EXPECT_EQ(found(masks(thread, "0-2")).cause, Cause::cpuset_write);
}

TEST_F(StreamChangesTest, WhoSwitchesACpuIsToldByItsRecord) {
  know(thread, "6-7");
  take(RecordBuilder(trace_hotplug).actor(writer).argument(7));
  happen({switched(7, false)});
  kernel.system.online = cpus("0-6");
  const SetEvent event = found(masks(thread, "6"));
  EXPECT_EQ(event.cause, Cause::hotplug);
  ASSERT_TRUE(event.actor);
  EXPECT_EQ(event.actor->tid, Tid(writer.tid));
}

TEST_F(StreamChangesTest, KernelThreadsAreToldOnlyWhereSomebodyDidIt) {
  TaskMasks bound = masks(thread, "3");
  bound.task.kernel_thread = true;
  know(thread, "0-7");
  look(bound);
  EXPECT_TRUE(events.empty());
  happen({written()});
  bound.allowed = cpus("4");
  EXPECT_EQ(found(bound).cause, Cause::cpuset_write);
}

TEST_F(StreamChangesTest, ThreadsThatEndedMeanwhileAreNotTold) {
  know(thread, "0-7");
  const auto changes = compare(masks(thread, "0-3"));
  take(RecordBuilder(trace_exit).actor({.pid = thread, .tid = thread}));
  stream().confirm(changes);
  EXPECT_TRUE(events.empty());
}

TEST_F(StreamChangesTest, WhatIsNotWantedIsNotTold) {
  filter.targets = Tasks{.processes = {Pid(nobody)}, .threads = {}};
  know(thread, "0-7");
  look(masks(thread, "0-3"));
  EXPECT_TRUE(events.empty());
}

}  // namespace
}  // namespace pinfold::trace

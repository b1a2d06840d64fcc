// Calls, without commits.
#include <unistd.h>

#include "trace/stream_fixture.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;
using test::RecordTask;

constexpr pid_t other = nobody + 10;

RecordBuilder set(const char* allowed, const RecordTask& task = {}) {
  return RecordBuilder(trace_set).self(task).allowed(allowed);
}

RecordBuilder asked(const char* request, const char* allowed) {
  return set(allowed).user(request).kernel_request(request);
}

class StreamCallsTest : public StreamTest {};

TEST_F(StreamCallsTest, ACallIsToldWithAllThatItsRecordSays) {
  const SetEvent event = tell(asked("1-2", "1-2").cpu(3).argument(0));
  EXPECT_EQ(event.time, real(1));
  EXPECT_EQ(event.cpu, CpuId(3));
  EXPECT_EQ(event.actor->tid, Tid(nobody));
  EXPECT_EQ(event.target->tid, Tid(nobody));
  EXPECT_EQ(event.request, cpus("1-2"));
  EXPECT_EQ(event.kernel_request, cpus("1-2"));
  EXPECT_EQ(event.effective, cpus("1-2"));
  EXPECT_EQ(event.arguments->length, 8U);
  EXPECT_EQ(event.result, 0);
  EXPECT_EQ(event.cause, Cause::syscall);
  EXPECT_EQ(event.attribution, Attribution::exact);
  EXPECT_TRUE(event.trusted);
  EXPECT_EQ(event.narrowed, false);
  EXPECT_EQ(event.count, 1U);
}

TEST_F(StreamCallsTest, EventsAreNumberedWithoutGaps) {
  take(set("1"));
  stream().tell(LostEvent{.count = 3});
  take(RecordBuilder(trace_get).self({}));
  stream().tell(EndEvent());
  std::vector<std::uint64_t> numbers;
  for (const Event& event : events)
    numbers.push_back(std::visit([](const auto& one) { return one.seq; }, event));
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(stream().told(), 2U);
}

TEST_F(StreamCallsTest, RelationsAreToldByTheRecordWhereItCan) {
  const auto relation = [&](const RecordTask& target) {
    return tell(RecordBuilder(trace_set).actor({}).target(target).allowed("1")).relation;
  };
  EXPECT_EQ(relation({}), Relation::self);
  EXPECT_EQ(relation({.pid = nobody, .tid = nobody + 1}), Relation::thread);
  EXPECT_EQ(relation({.pid = other, .tid = other + 1, .parent = nobody}), Relation::child);
  EXPECT_EQ(relation({.pid = other, .tid = other, .parent = 1}), std::nullopt);
}

TEST_F(StreamCallsTest, AncestorsAreLookedUp) {
  Actor self{.pid = Pid(::getpid()), .tid = Tid(::getpid())};
  KnownTasks().complete(self);
  const RecordTask us{.pid = ::getpid(), .tid = ::getpid(), .start = self.start_time};
  const SetEvent event = tell(RecordBuilder(trace_set).actor({}).target(us).allowed("1"));
  EXPECT_NE(event.relation, Relation::child);
  EXPECT_NE(event.relation, Relation::self);
  EXPECT_TRUE(event.target->cgroup);
}

TEST_F(StreamCallsTest, ACallMayNameNobody) {
  const SetEvent event =
      tell(RecordBuilder(trace_set).actor({}).user("1").argument(77).result(-ESRCH));
  EXPECT_FALSE(event.target);
  EXPECT_FALSE(event.relation);
  EXPECT_FALSE(event.effective);
  EXPECT_EQ(event.request, cpus("1"));
  EXPECT_EQ(event.arguments->pid, 77);
  EXPECT_EQ(event.result, -ESRCH);
}

TEST_F(StreamCallsTest, TheMaskBeforeIsRemembered) {
  EXPECT_EQ(tell(set("1-2")).old_from, OldFrom::unknown);
  const SetEvent again = tell(set("1"));
  EXPECT_EQ(again.old, cpus("1-2"));
  EXPECT_EQ(again.old_from, OldFrom::remembered);
  know(other, "4-5");
  EXPECT_EQ(tell(set("4", {.pid = other, .tid = other})).old, cpus("4-5"));
}

TEST_F(StreamCallsTest, WhoGotTheNumberOfAnotherHasNotItsMask) {
  tell(set("1-2"));
  EXPECT_FALSE(tell(set("1", {.start = 101})).old);
  take(RecordBuilder(trace_exit).actor({.start = 101}));
  EXPECT_FALSE(tell(set("3", {.start = 101})).old);
}

TEST_F(StreamCallsTest, ItIsTrustedWhereMemoryAndKernelAgree) {
  EXPECT_TRUE(tell(asked("1-2", "1")).trusted);
  EXPECT_FALSE(tell(set("1").user("1-2").kernel_request("1-3")).trusted);
  EXPECT_FALSE(tell(set("1").user("1-2")).trusted);            // before 6.2
  EXPECT_FALSE(tell(set("1").kernel_request("1-2")).trusted);  // memory could not be read
  EXPECT_FALSE(tell(set("1")).trusted);
  // Somebody took the request away meanwhile.
  const SetEvent gone = tell(set("1").user("1-2").flag(trace_no_request));
  EXPECT_FALSE(gone.trusted);
  EXPECT_FALSE(gone.kernel_request);
}

TEST_F(StreamCallsTest, BothAreCutToTheKernelsSize) {
  const SetEvent event =
      tell(set("1").user("1-2").stray_bit(2, 9).kernel_request("1-2").stray_bit(1, 63));
  EXPECT_TRUE(event.trusted);
  EXPECT_EQ(event.request, cpus("1-2,9")) << "as it was asked for";
  EXPECT_EQ(event.kernel_request, cpus("1-2"));
}

TEST_F(StreamCallsTest, AFailedCallIsNeverTrusted) {
  const SetEvent event = tell(asked("1-2", "0-7").result(-EPERM));
  EXPECT_FALSE(event.trusted);
  EXPECT_FALSE(event.kernel_request);  // it is what was asked for before
  EXPECT_FALSE(event.narrowed);
  EXPECT_EQ(event.request, cpus("1-2"));
  EXPECT_EQ(event.effective, cpus("0-7"));
}

TEST_F(StreamCallsTest, NarrowedIsLessThanWasAskedFor) {
  EXPECT_EQ(tell(asked("1-2", "1")).narrowed, true);
  EXPECT_EQ(tell(asked("1-2", "1-2")).narrowed, false);
  EXPECT_FALSE(tell(set("1")).narrowed);
}

TEST_F(StreamCallsTest, CpusThatThereCannotBeAreNarrowedToo) {
  options.possible = cpus("0-3");
  EXPECT_EQ(tell(asked("0-7", "0-3")).narrowed, true);
}

TEST_F(StreamCallsTest, NobodyIsTrustedBesideARival) {
  constexpr std::uint64_t second = 1'000'000'000;
  const auto call = [&](pid_t actor, std::uint64_t at) {
    auto record = asked("1-2", "1-2");
    record.actor({.pid = actor, .tid = actor}).target({.pid = nobody, .tid = nobody}).at(at);
    return record;
  };
  const auto trusted = [&](const RecordBuilder& record) {
    stream().take(record.record());
    return only_set().trusted;
  };
  const auto alone = call(nobody + 1, 10 * second);
  stream().announce(alone.record());
  EXPECT_TRUE(trusted(alone));
  // Another sets it before this call is taken.
  const auto first = call(nobody + 1, 20 * second);
  const auto rival = call(nobody + 2, (20 * second) + 1000);
  stream().announce(first.record());
  stream().announce(rival.record());
  EXPECT_FALSE(trusted(first));
  EXPECT_FALSE(trusted(rival));
  // Long after that.
  const auto later = call(nobody + 1, 30 * second);
  stream().announce(later.record());
  EXPECT_TRUE(trusted(later));
  // Somebody who was not heard of may have.
  stream().miss();
  const auto unsure = call(nobody + 1, (30 * second) + 1000);
  stream().announce(unsure.record());
  EXPECT_FALSE(trusted(unsure));
}

TEST_F(StreamCallsTest, RepeatsAreCounted) {
  take(set("1"), 40);
  EXPECT_EQ(only_set().count, 40U);
  EXPECT_EQ(stream().told(), 40U);
}

TEST_F(StreamCallsTest, GetsAreToldWithTheirAnswer) {
  take(RecordBuilder(trace_get).actor({}).target({.tid = nobody + 1}).user("0-3").result(8), 2);
  const auto event = only<GetEvent>();
  EXPECT_EQ(event.answer, cpus("0-3"));
  EXPECT_EQ(event.result, 8);
  EXPECT_EQ(event.relation, Relation::thread);
  EXPECT_EQ(event.count, 2U);
}

TEST_F(StreamCallsTest, OnlyChangesLeavesOutTheRest) {
  options.only_changes = true;
  know(nobody, "0-7");
  take(set("0-7"), 5);
  take(set("0-7").result(-EINVAL));
  take(RecordBuilder(trace_get).self({}));
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(stream().left_out(), 7U);
  EXPECT_EQ(stream().told(), 0U);

  const SetEvent event = tell(set("1"));
  EXPECT_EQ(event.seq, 1U);
  EXPECT_EQ(event.old, cpus("0-7"));
  EXPECT_EQ(tell(set("1", {.pid = other, .tid = other})).old_from, OldFrom::unknown);
  EXPECT_EQ(stream().left_out(), 7U);
}

TEST_F(StreamCallsTest, CallersAreToldWhereTheyAreWritten) {
  options.shape.callers = true;
  take(RecordBuilder(trace_set, options.shape).self({}).allowed("1").frames({16, 0, 16, 32}));
  const SetEvent event = only_set();
  ASSERT_EQ(event.callers.size(), 1U);
  EXPECT_EQ(event.callers[0].offset, 16U);
}

}  // namespace
}  // namespace pinfold::trace

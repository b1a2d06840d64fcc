// What is written is what is read.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "events/names.h"
#include "history/history_fixture.h"
#include "history/packed.h"

namespace pinfold::history {
namespace {

using trace::SetEvent;

// Bytes that the kernel lets a name have: all but NUL.
std::string any_name() {
  const auto size = *rc::gen::inRange<std::size_t>(0, 24);
  std::string name;
  for (std::size_t i = 0; i < size; ++i)
    name += static_cast<char>(*rc::gen::element(1, 9, 10, 27, 34, 37, 39, 42, 47, 91, 92, 95, 97,
                                                98, 127, 128, 195, 237, 254, 255));
  return name;
}

template <class Number>
Number any_number() {
  using Limits = std::numeric_limits<Number>;
  return *rc::gen::oneOf(rc::gen::arbitrary<Number>(),
                         rc::gen::element(Limits::min(), Limits::max(), Number(0), Number(1)));
}

pid_t any_id() {
  return *rc::gen::element(1, 2, 1000, 4'194'304, std::numeric_limits<pid_t>::max());
}

CpuSet any_cpus() {
  CpuSet set;
  const auto size = *rc::gen::inRange(0, 6);
  for (int i = 0; i < size; ++i) {
    const auto first = *rc::gen::inRange(0U, 8192U);
    set.add_range(CpuId(first), CpuId(std::min(8191U, first + *rc::gen::inRange(0U, 70U))));
  }
  return set;
}

template <class Make>
auto maybe(Make make) -> std::optional<decltype(make())> {
  return *rc::gen::arbitrary<bool>() ? std::optional(make()) : std::nullopt;
}

template <class Enum>
Enum any_of(Enum last) {
  return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

trace::Actor any_actor() {
  trace::Actor actor;
  actor.pid = Pid(any_id());
  actor.tid = Tid(any_id());
  actor.start_time = any_number<std::uint64_t>();
  actor.ns_pid = maybe([] { return Pid(any_id()); });
  actor.ns_tid = maybe([] { return Tid(any_id()); });
  actor.comm = any_name();
  actor.exe = maybe(any_name);
  actor.uid = maybe(any_number<uid_t>);
  actor.cgroup = maybe(any_name);
  actor.container = maybe(any_name);
  actor.abi = maybe([] { return any_of(trace::CallAbi::arm); });
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    actor.parents.push_back({.pid = Pid(any_id()), .comm = any_name()});
  return actor;
}

SetEvent any_set() {
  SetEvent set;
  set.cpu = maybe([] { return CpuId(*rc::gen::inRange(0U, 8192U)); });
  set.actor = maybe(any_actor);
  set.target = maybe([] {
    return trace::TargetTask{.pid = Pid(any_id()),
                             .tid = Tid(any_id()),
                             .comm = any_name(),
                             .start_time = any_number<std::uint64_t>(),
                             .cgroup = maybe(any_name)};
  });
  set.relation = maybe([] { return any_of(trace::Relation::other); });
  set.old = maybe(any_cpus);
  set.old_from = any_of(trace::OldFrom::unknown);
  set.request = maybe(any_cpus);
  set.kernel_request = maybe(any_cpus);
  set.effective = maybe(any_cpus);
  set.arguments = maybe([] {
    return trace::CallArguments{.pid = any_number<std::int32_t>(),
                                .length = any_number<std::uint64_t>(),
                                .mask = any_number<std::uint64_t>()};
  });
  set.result = maybe(any_number<std::int64_t>);
  set.cause = any_of(trace::Cause::unknown);
  set.attribution = any_of(trace::Attribution::unknown);
  set.trusted = *rc::gen::arbitrary<bool>();
  set.narrowed = maybe([] { return *rc::gen::arbitrary<bool>(); });
  set.by = maybe(any_name);
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    set.callers.push_back({.module = any_name(), .offset = any_number<std::uint64_t>()});
  set.count = any_number<std::uint64_t>();
  return set;
}

std::string read_back(const std::string& path, std::vector<std::string>& told) {
  auto reader = Reader::open(path);
  if (!reader) return message(reader.error());
  const auto done = reader->read({}, noon(1), [&](const Entry& entry) {
    const auto* event = std::get_if<trace::Event>(&entry);
    if (event && std::holds_alternative<SetEvent>(*event)) told.push_back(whole(*event));
    return true;
  });
  return done ? "" : message(done.error());
}

RC_GTEST_PROP(RoundTrip, AnyChangeThatIsWrittenComesBackTheSame, ()) {
  const test::OwnFolder folder;
  const std::string path = folder.path() + "/h.db";
  std::vector<std::string> written;
  Pen pen(path);
  pen.add(trace::Event(start_at(noon())));
  std::uint64_t seq = 1;
  for (int i = *rc::gen::inRange(1, 30); i > 0; --i) {
    SetEvent set = any_set();
    seq += *rc::gen::inRange<std::uint64_t>(1, 1000);
    set.seq = seq;
    // Within what is no jump of the clock, and in any order.
    set.time = noon(0.5) + std::chrono::nanoseconds(*rc::gen::inRange(-400'000'000, 400'000'000));
    pen.add(trace::Event(set));
    written.push_back(whole(trace::Event(set)));
    // The same again: what they have in common is written once, and both are there.
    if (*rc::gen::arbitrary<bool>()) continue;
    set.seq = ++seq;
    pen.add(trace::Event(set));
    written.push_back(whole(trace::Event(set)));
  }
  pen.close(noon(1));
  std::vector<std::string> told;
  RC_ASSERT(read_back(path, told) == "");
  RC_ASSERT(told == written);
}

class RemarksOfAHistory : public HistoryTest {};

TEST_F(RemarksOfAHistory, ComeBackAsTheyWere) {
  trace::StartEvent start = start_at(noon());
  start.sampled = true;
  start.legs = {{"calls", "tp_btf/sys_exit", "", ""},
                {"commits", "", "fentry is refused (EPERM)", "masks \"between\"\n"}};
  trace::LostEvent lost = lost_at(noon(1), noon(2), 2, 12);
  lost.others = 3;
  lost.cpu = CpuId(0);
  const trace::SuppressedEvent suppressed{
      .time = noon(3), .seq = 4, .actor = Pid(812), .comm = "numad", .count = 40};
  const trace::SnapshotEvent snapshot{
      .time = noon(4), .seq = 5, .reason = "lost", .threads = 312, .changed = 3};
  trace::EndEvent end = end_at(noon(5), 6);
  end.seen = std::numeric_limits<std::uint64_t>::max();
  end.sent = 48;
  end.lost = 12;
  end.suppressed = 40;
  end.lost_others = 3;
  const std::vector<trace::Event> events = {start, lost, suppressed, snapshot, end};
  Pen writer = pen();
  for (const trace::Event& event : events)
    writer.add(event);
  writer.close(noon(6));
  std::vector<std::string> told;
  for (const Entry& entry : read({}, noon(6)))
    told.push_back(whole(std::get<trace::Event>(entry)));
  std::vector<std::string> expected;
  for (const trace::Event& event : events)
    expected.push_back(whole(event));
  EXPECT_EQ(told, expected);
}

TEST_F(RemarksOfAHistory, AHostileNameIsTheSameAfterwards) {
  trace::SuppressedEvent suppressed{
      .time = noon(1), .seq = 2, .actor = Pid(812), .comm = "a\x1b[2J\\x41\"\xff", .count = 40};
  pen().add(trace::Event(start_at(noon()))).add(trace::Event(suppressed)).close(noon(2));
  const auto entries = read({}, noon(2));
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(whole(std::get<trace::Event>(entries[1])), whole(suppressed));
}

TEST_F(RemarksOfAHistory, AGapSaysWhatItSaid) {
  const Gap gap{.from = noon(1), .to = noon(2), .count = 7, .reason = "a \"full\" disk\xff"};
  pen().add(trace::Event(start_at(noon()))).commit(noon(1)).add(gap).close(noon(2));
  const auto told = gaps({}, noon(2));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0], GapIs(noon(1), noon(2), 7));
  EXPECT_EQ(told[0].reason, "a \"full\" disk\\xff");
  EXPECT_FALSE(told[0].open);
}

TEST_F(RemarksOfAHistory, WhatIsNoneIsAnError) {
  for (const char* text : {"", "{", "[]", "null", "{}", R"({"event":"set"})", R"({"event":7})"}) {
    const auto remark = read_remark(text);
    ASSERT_FALSE(remark) << text;
    EXPECT_EQ(remark.error().kind, ErrorKind::unsupported) << text;
  }
}

TEST_F(RemarksOfAHistory, GetsAreLeftOut) {
  trace::GetEvent get;
  get.time = noon(1);
  get.seq = 2;
  pen()
      .add(trace::Event(start_at(noon())))
      .add(trace::Event(get))
      .add(trace::Event(set_at(noon(2), 3)))
      .close(noon(3));
  EXPECT_EQ(numbers({}), std::vector<std::uint64_t>{3});
}

TEST(PackedLists, ABrokenOneGivesWhatIsWhole) {
  const std::string whole = pack(std::vector<trace::Ancestor>{{Pid(7), "a"}, {Pid(8), "b"}});
  EXPECT_EQ(unpack_parents(whole).size(), 2U);
  EXPECT_EQ(unpack_parents(std::string_view(whole).substr(0, whole.size() - 1)).size(), 1U);
  EXPECT_TRUE(unpack_parents("x").empty());
  EXPECT_TRUE(unpack_callers(std::string_view("x\0y\0", 4)).empty());
  EXPECT_TRUE(unpack_cpus("").empty());
  EXPECT_TRUE(unpack_cpus("no list").empty());
}

}  // namespace
}  // namespace pinfold::history

// Filters: what is asked for is told, and nothing else.
#include <unistd.h>

#include "support/cpuset_v1.h"
#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceFilters : public TraceTest {
 protected:
  /// How many of its calls are told with these options.
  static std::size_t told(const std::vector<std::string>& options,
                          const std::vector<std::string>& arguments) {
    return tell(arguments, options).sets.size();
  }
};

TEST_F(TraceFilters, TargetIsWhoseMaskIsChanged) {
  const Victim one({"quiet", "2"});
  const Victim other({"quiet", "1"});
  const std::string thread = std::to_string(threads_of(one.pid()).back());
  EXPECT_EQ(told({one.pid_text()}, {one.pid_text(), "8", b}), 1U);
  EXPECT_EQ(told({one.pid_text()}, {thread, "8", b}), 1U) << "all its threads";
  EXPECT_EQ(told({one.pid_text()}, {other.pid_text(), "8", b}), 0U);
  EXPECT_EQ(told({one.pid_text()}, {"self", "8", b}), 0U);
  EXPECT_EQ(told({one.pid_text(), other.pid_text()}, {other.pid_text(), "8", b}), 1U);
  EXPECT_EQ(told({"tid:" + thread}, {thread, "8", b}), 1U);
  EXPECT_EQ(told({"tid:" + thread}, {one.pid_text(), "8", b}), 0U) << "another of its threads";
}

TEST_F(TraceFilters, ActorIsWhoChangesIt) {
  const Victim victim({"quiet", "1"});
  const std::string test = std::to_string(::getpid());
  Tracer by_us({"--actor", test});
  Tracer by_victim({"--actor", victim.pid_text()});
  cpu_set_t mask;
  ::sched_getaffinity(0, sizeof mask, &mask);
  ASSERT_EQ(::sched_setaffinity(0, sizeof mask, &mask), 0);
  const Calls calls({"self", "8", b});
  const Trace ours = by_us.stop();
  EXPECT_EQ(ours.sets_by(::getpid()).size(), 1U);
  EXPECT_EQ(ours.sets_by(calls.actor).size(), 1U) << "a child";
  EXPECT_EQ(by_victim.stop().sets_by(::getpid()).size(), 0U);
}

TEST_F(TraceFilters, SeveralActors) {
  const std::string test = std::to_string(::getpid());
  Tracer tracer({"--actor", "1", "--actor", test});
  cpu_set_t mask;
  ::sched_getaffinity(0, sizeof mask, &mask);
  ASSERT_EQ(::sched_setaffinity(0, sizeof mask, &mask), 0);
  EXPECT_EQ(tracer.stop().sets_by(::getpid()).size(), 1U);
}

TEST_F(TraceFilters, User) {
  EXPECT_EQ(told({"--uid", "65534"}, {"--uid", "65534", "self", "8", b}), 1U);
  EXPECT_EQ(told({"--uid", "65534"}, {"self", "8", b}), 0U);
  EXPECT_EQ(told({"--uid", "root"}, {"self", "8", b}), 1U);
  EXPECT_EQ(told({"--uid", "nobody"}, {"--uid", "65534", "self", "8", b}), 1U);
}

TEST_F(TraceFilters, NameOfTheActor) {
  EXPECT_EQ(told({"--comm", "calls"}, {"self", "8", b}), 1U);
  EXPECT_EQ(told({"--comm", "call"}, {"self", "8", b}), 0U) << "the whole name";
  EXPECT_EQ(told({"--comm", "call*"}, {"self", "8", b}), 1U);
  EXPECT_EQ(told({"--comm", "renamed"}, {"--name", "renamed", "self", "8", b}), 1U);
  EXPECT_EQ(told({"--comm", "calls"}, {"--name", "renamed", "self", "8", b}), 0U);
}

TEST_F(TraceFilters, Cgroup) {
  if (const auto missing = CpusetV1::missing(); !missing.empty()) GTEST_SKIP() << missing;
  CpusetV1 cpuset(own);
  const Victim inside({"quiet", "1"});
  const Victim outside({"quiet", "1"});
  cpuset.move_in(inside.pid());
  const std::vector<std::string> options = {"--cgroup", cpuset.name()};
  EXPECT_EQ(told(options, {inside.pid_text(), "8", b}), 1U) << "the target's";
  EXPECT_EQ(told(options, {outside.pid_text(), "8", b}), 0U);
}

TEST_F(TraceFilters, FailedOrDone) {
  EXPECT_EQ(told({"--failed"}, {"self", "8", b}), 0U);
  EXPECT_EQ(told({"--failed"}, {"self", "8", "bad"}), 1U);
  EXPECT_EQ(told({"--ok"}, {"self", "8", b}), 1U);
  EXPECT_EQ(told({"--ok"}, {"self", "8", "bad"}), 0U);
}

TEST_F(TraceFilters, ChangesOnly) {
  const auto first = tell({"--times", "5", "self", "8", b}, {"--changes"});
  ASSERT_EQ(first.sets.size(), 1U) << "four of them change nothing";
  EXPECT_EQ(first.sets[0]["count"], 1U);
  EXPECT_EQ(told({"--changes"}, {"self", "8", to_cpu_list(own)}), 0U);
  EXPECT_EQ(told({"--changes"}, {"self", "8", "bad"}), 0U);
}

TEST_F(TraceFilters, MasksThatTouchAPlace) {
  const Victim victim({"quiet", "1"});
  ASSERT_EQ(pinfold({"set", a, victim.pid_text()}).exit, 0);
  const std::string target = victim.pid_text();
  EXPECT_EQ(told({"--touches", b}, {target, "8", a}), 0U);
  EXPECT_EQ(told({"--touches", b}, {target, "8", b}), 1U) << "what is asked for";
  EXPECT_EQ(told({"--touches", b}, {target, "8", a}), 0U) << "who leaves them";
  EXPECT_EQ(told({"--touches", "online"}, {target, "8", a}), 1U) << "a place, by its name";
}

TEST_F(TraceFilters, FiltersAreJoinedByAnd) {
  EXPECT_EQ(told({"--comm", "calls", "--failed"}, {"self", "8", b}), 0U);
  EXPECT_EQ(told({"--comm", "calls", "--failed"}, {"self", "8", "bad"}), 1U);
}

TEST_F(TraceFilters, WhatIsLeftOutIsNotCounted) {
  Tracer tracer({"--comm", "nobody-is-so"});
  run_case("flood", {"1000"});
  const Trace trace = tracer.stop();
  expect_exact(trace);
  EXPECT_EQ(trace.end()["seen"], 0U) << trace.text();
}

TEST_F(TraceFilters, RateIsForEachActorAndWhatIsSuppressedIsCounted) {
  Tracer tracer({"--comm", "flood", "--rate", "10"});
  const auto caller = said(run_case("flood", {"50000", "flood"}), "caller").at(0);
  const pid_t tid = std::stoi(caller.at(0));
  const auto seconds = static_cast<std::uint64_t>(std::stoll(caller.at(2)) / 1'000'000'000);
  // Another actor has a rate of its own.
  const auto other = said(run_case("flood", {"2", "flood"}), "caller").at(0);
  const Trace trace = tracer.stop();
  expect_exact(trace);
  std::uint64_t calls = 0;
  for (const Json& event : trace.sets_by(tid))
    calls += event["count"].get<std::uint64_t>();
  EXPECT_GE(calls, 1U);
  EXPECT_LE(calls, 10 * (seconds + 2));
  std::uint64_t suppressed = 0;
  for (const Json& event : trace.events("suppressed")) {
    EXPECT_EQ(event["actor"], (Json{{"pid", tid}, {"comm", "flood"}})) << event;
    suppressed += event["count"].get<std::uint64_t>();
  }
  EXPECT_EQ(calls + suppressed, 50000U);
  EXPECT_EQ(trace.sets_by(std::stoi(other.at(0))).size(), 2U);
}

}  // namespace
}  // namespace pinfold::test

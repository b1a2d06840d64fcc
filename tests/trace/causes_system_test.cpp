// Why a mask changed, where nobody called for it: cpusets of v1, and what children are born with.
// Cpusets of v2, hotplug and fallback: tests/vm.
#include <unistd.h>

#include <algorithm>

#include "support/cpuset_v1.h"
#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

class TraceCauses : public TraceTest {
 protected:
  void SetUp() override {
    TraceTest::SetUp();
    if (IsSkipped()) return;
    if (const auto missing = CpusetV1::missing(); !missing.empty()) GTEST_SKIP() << missing;
  }

  static Json await_set_of(Tracer& tracer, pid_t target) {
    return tracer.await([&](const Json& event) {
      return event["event"] == "set" && event["target"].is_object() &&
             event["target"]["tid"] == target;
    });
  }

  /// Not a call: it has neither arguments nor a result.
  static void expect_no_call(const Json& event) {
    EXPECT_THAT(
        event,
        Tells(Json{
            {"arguments", nullptr}, {"ret", nullptr}, {"error", nullptr}, {"trusted", false}}));
    EXPECT_THAT(event["attribution"], testing::AnyOf("exact", "inferred"));
  }
};

TEST_F(TraceCauses, AWriteToACpuset) {
  CpusetV1 cpuset(only_a | only_b);
  const Victim victim({"quiet", "3"});
  cpuset.move_in(victim.pid());
  const auto threads = threads_of(victim.pid());
  ASSERT_EQ(mask_of(victim.pid()), only_a | only_b);

  Tracer tracer;
  cpuset.set_cpus(only_b);
  for (const pid_t tid : threads)
    await_set_of(tracer, tid);
  const Trace trace = tracer.stop();
  for (const pid_t tid : threads) {
    const auto sets = trace.sets_of(tid);
    ASSERT_ONE(sets);
    EXPECT_THAT(sets[0], Tells(Json{{"cause", "cpuset_write"},
                                    {"actor", {{"pid", ::getpid()}}},
                                    {"target", {{"pid", victim.pid()}, {"comm", "quiet"}}},
                                    {"old", ab},
                                    {"effective", b},
                                    {"by", cpuset.file("cpuset.cpus")}}));
    expect_no_call(sets[0]);
  }
  expect_exact(trace);
}

TEST_F(TraceCauses, AWriteByOneWhoEndsAtOnce) {
  CpusetV1 cpuset(only_a | only_b);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  Tracer tracer;
  Child shell({"sh", "-c", "echo " + b + " >" + cpuset.file("cpuset.cpus")});
  ASSERT_EQ(shell.finish().exit, 0);
  const Json event = await_set_of(tracer, victim.pid());
  EXPECT_THAT(event, Tells(Json{{"cause", "cpuset_write"},
                                {"actor", {{"pid", shell.pid()}}},
                                {"effective", b},
                                {"by", cpuset.file("cpuset.cpus")}}));
  expect_no_call(event);
}

TEST_F(TraceCauses, AWriteThatChangesNobodysMaskIsNoEvent) {
  CpusetV1 cpuset(only_a | only_b);
  const Victim inside({"quiet", "1"});
  const Victim later({"quiet", "1"});
  cpuset.move_in(inside.pid());
  Tracer tracer;
  cpuset.set_cpus(only_a | only_b);
  cpuset.set_cpus(only_a);  // the one that is waited for
  await_set_of(tracer, inside.pid());
  const Trace trace = tracer.stop();
  EXPECT_EQ(trace.sets_of(inside.pid()).size(), 1U);
  EXPECT_EQ(trace.sets_of(later.pid()).size(), 0U);
}

TEST_F(TraceCauses, AMoveToAnotherCgroup) {
  CpusetV1 cpuset(only_b);
  const Victim victim({"quiet", "2"});
  const auto threads = threads_of(victim.pid());
  Tracer tracer;
  cpuset.move_in(victim.pid());
  for (const pid_t tid : threads)
    await_set_of(tracer, tid);
  const Trace trace = tracer.stop();
  for (const pid_t tid : threads) {
    const auto sets = trace.sets_of(tid);
    ASSERT_ONE(sets);
    EXPECT_THAT(sets[0], Tells(Json{{"cause", "cgroup_move"},
                                    {"actor", {{"pid", ::getpid()}, {"tid", ::gettid()}}},
                                    {"old", to_cpu_list(own)},
                                    {"effective", b}}));
    EXPECT_TRUE(sets[0]["by"].get<std::string>().ends_with(cpuset.name())) << sets[0]["by"];
    expect_no_call(sets[0]);
  }
}

TEST_F(TraceCauses, AMoveOfOneThread) {
  CpusetV1 cpuset(only_b);
  const Victim victim({"quiet", "2"});
  const pid_t second = threads_of(victim.pid()).back();
  Tracer tracer;
  cpuset.move_thread_in(second);
  const Json event = await_set_of(tracer, second);
  EXPECT_THAT(event, Tells(Json{{"cause", "cgroup_move"},
                                {"actor", {{"tid", ::gettid()}}},
                                {"target", {{"pid", victim.pid()}, {"tid", second}}},
                                {"effective", b}}));
  EXPECT_EQ(tracer.stop().sets_of(victim.pid()).size(), 0U);
}

TEST_F(TraceCauses, AMoveByOneWhoEndsAtOnce) {
  CpusetV1 cpuset(only_b);
  const Victim victim({"quiet", "1"});
  Tracer tracer;
  Child shell({"sh", "-c", "echo " + victim.pid_text() + " >" + cpuset.file("cgroup.procs")});
  ASSERT_EQ(shell.finish().exit, 0);
  EXPECT_THAT(
      await_set_of(tracer, victim.pid()),
      Tells(Json{{"cause", "cgroup_move"}, {"actor", {{"pid", shell.pid()}, {"comm", "sh"}}}}));
}

TEST_F(TraceCauses, CallsBetweenAreNotTakenForTheCpusets) {
  CpusetV1 cpuset(only_a | only_b);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  Tracer tracer;
  cpuset.set_cpus(only_b);
  await_set_of(tracer, victim.pid());
  cpuset.set_cpus(only_a | only_b);
  ASSERT_EQ(pinfold({"set", a, victim.pid_text()}).exit, 0);
  tracer.await([&](const Json& event) {
    return event["event"] == "set" && event["cause"] == "syscall" && event["target"].is_object() &&
           event["target"]["tid"] == victim.pid();
  });
  std::vector<std::string> causes;
  for (const Json& event : tracer.stop().sets_of(victim.pid()))
    causes.push_back(event["cause"]);
  // The second write may have been found before the call or, without the commit leg, not at all.
  EXPECT_EQ(causes.front(), "cpuset_write");
  EXPECT_EQ(std::ranges::count(causes, "syscall"), 1);
  EXPECT_EQ(std::ranges::count(causes, "unknown"), 0) << testing::PrintToString(causes);
}

TEST_F(TraceCauses, WithoutTheWatchTheWriterIsNotMadeUp) {
  CpusetV1 cpuset(only_a | only_b);
  const Victim victim({"quiet", "1"});
  cpuset.move_in(victim.pid());
  Tracer tracer({"--no-cgroup-watch"});
  cpuset.set_cpus(only_b);
  ASSERT_EQ(pinfold({"set", b, victim.pid_text()}).exit, 0);
  for (const Json& event : tracer.stop().sets_of(victim.pid())) {
    if (event["cause"] == "syscall") continue;
    EXPECT_EQ(event["actor"], nullptr) << event;
    EXPECT_EQ(event["attribution"], "unknown") << event;
  }
}

// Inheritance.

TEST_F(TraceCauses, AChildThatIsBornWithANarrowedMask) {
  Tracer tracer;
  // The shell narrows itself, starts somebody, and is there when that is looked at.
  Child shell({"sh", "-c",
               std::string(PINFOLD_COMMAND) + " taskset -pc " + b +
                   " $$ >/dev/null; (echo child $(exec sh -c 'echo $PPID'); :); sleep 0.3"});
  ASSERT_EQ(shell.finish().exit, 0) << shell.err();
  const pid_t child = std::stoi(said({.out = shell.out()}, "child").at(0).at(0));
  std::vector<Json> born;
  for (const Json& event : tracer.stop().sets_of(child))
    if (event["cause"] == "inheritance") born.push_back(event);
  ASSERT_ONE(born);
  EXPECT_THAT(born[0], Tells(Json{{"target", {{"pid", child}, {"comm", "sh"}}},
                                  {"effective", b},
                                  {"ret", nullptr},
                                  {"arguments", nullptr}}));
  if (born[0]["actor"].is_object()) {
    EXPECT_EQ(born[0]["actor"]["pid"], shell.pid()) << "who gave it birth";
  }
}

TEST_F(TraceCauses, AChildWithAllThatItsCpusetAllowsIsNoEvent) {
  Tracer tracer;
  Child shell({"sh", "-c", "(:); (:)"});
  ASSERT_EQ(shell.finish().exit, 0);
  EXPECT_EQ(tracer.stop().sets_of(shell.pid()).size(), 0U);
}

}  // namespace
}  // namespace pinfold::test

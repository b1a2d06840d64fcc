// Who changed a mask, where the machine is ours: cpusets of v2, CPUs that go and come, and a kernel
// that lets us stand where the mask is written (fentry).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "support/kernel_release.h"
#include "trace/trace_fixture.h"
#include "trace/verdict.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

class Traced : public VmTest {
 protected:
  static Json await_set_of(Tracer& tracer, Tid target) {
    return tracer.await([&](const Json& event) {
      return event["event"] == "set" && event["target"].is_object() &&
             event["target"]["tid"] == target.value();
    });
  }
  static Json await_set_of(Tracer& tracer, const TestProcess& target) {
    return await_set_of(tracer, target.pid().leader());
  }

  static bool has_commits(const Json& start) {
    return std::ranges::any_of(start["legs"], [](const Json& leg) {
      return leg["name"] == "commits" && leg["chosen"].is_string() && leg["chosen"] != "";
    });
  }

  /// The kernel told of the change itself.
  static Json exact(const char* cause, const char* old, const char* effective) {
    return {{"cause", cause},       {"attribution", "exact"}, {"old", old},
            {"old_from", "commit"}, {"effective", effective}, {"arguments", nullptr},
            {"ret", nullptr}};
  }
};

/// The kernel tells of the change in a thread of its own: that it follows a CPU is inferred.
void expect_hotplug(const Json& event, const char* old, const char* effective) {
  EXPECT_THAT(event, Tells(Json{{"cause", "hotplug"},
                                {"old", old},
                                {"old_from", "commit"},
                                {"effective", effective},
                                {"ret", nullptr}}));
}

TEST_F(Traced, CommitsAreSeenHere) {
  Tracer tracer;
  EXPECT_EQ(tracer.start()["sampled"], false);
  EXPECT_TRUE(has_commits(tracer.start())) << tracer.start()["legs"];
}

TEST_F(Traced, ACallIsToldOnceWithWhatItReplaced) {
  const auto task = sleeper("2-3");
  Tracer tracer;
  ASSERT_EQ(set(*task, "1,5"), 0);
  const Trace trace = tracer.stop();
  const auto sets = trace.sets_of(task->pid().value());
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0], Tells(Json{{"cause", "syscall"},
                                  {"attribution", "exact"},
                                  {"actor", {{"pid", ::getpid()}}},
                                  {"old", "2-3"},
                                  {"old_from", "commit"},
                                  {"request", "1,5"},
                                  {"kernel_request", "1,5"},
                                  {"effective", "1,5"},
                                  {"ret", 0},
                                  {"trusted", true}}));
  expect_exact(trace);
}

TEST_F(Traced, NoCallIsTrustedAndWrongThatIsOvertaken) {
  Tracer tracer({"--buffer", "67108864"});
  const auto verdict = judge_overtaken(tracer, "3000");
  if (!verdict) GTEST_SKIP() << "no call was overtaken";
  EXPECT_EQ(verdict->wrong, 0U) << verdict->example;
  EXPECT_EQ(verdict->untrue, 0U) << "what was passed in is the truth";
}

TEST_F(Traced, AWriteToACpusetOfV2) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  Tracer tracer;
  cpuset.set_cpus("2-3");
  const Json event = await_set_of(tracer, *task);
  EXPECT_THAT(event, Tells(exact("cpuset_write", "0-3", "2-3")));
  EXPECT_THAT(event, Tells(Json{{"actor", {{"pid", ::getpid()}}}}));
  if (event["by"].is_string()) {
    EXPECT_EQ(event["by"], cpuset.file("cpuset.cpus"));
  }
  expect_exact(tracer.stop());
}

TEST_F(Traced, AWriteToAParentOfItsCpuset) {
  const CpusetV2 parent("0-3");
  const CpusetV2 cpuset(parent, "");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  Tracer tracer;
  parent.set_cpus("1");
  EXPECT_THAT(await_set_of(tracer, *task), Tells(exact("cpuset_write", "0-3", "1")));
}

TEST_F(Traced, AWriteByAShellThatEndsAtOnce) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  Tracer tracer;
  Child shell({"sh", "-c", "echo 2 >" + cpuset.file("cpuset.cpus")});
  ASSERT_EQ(shell.finish().exit, 0);
  const Json event = await_set_of(tracer, *task);
  EXPECT_THAT(event, Tells(exact("cpuset_write", "0-3", "2")));
  EXPECT_THAT(event, Tells(Json{{"actor", {{"pid", shell.pid()}, {"comm", "sh"}}}}));
}

TEST_F(Traced, AMoveToACpusetOfV2) {
  const CpusetV2 cpuset("4-5");
  const auto task = sleeper();
  Tracer tracer;
  cpuset.move_in(task->pid());
  const Json event = await_set_of(tracer, *task);
  EXPECT_THAT(event, Tells(exact("cgroup_move", "0-7", "4-5")));
  EXPECT_THAT(event, Tells(Json{{"actor", {{"pid", ::getpid()}}}}));
}

TEST_F(Traced, AnIsolatedPartitionTakesCpusFromOthers) {
  const CpusetV2 others;
  const auto task = sleeper();
  others.move_in(task->pid());
  const CpusetV2 cpuset("6-7");
  Tracer tracer;
  cpuset.set_partition("isolated");
  EXPECT_THAT(await_set_of(tracer, *task), Tells(exact("cpuset_write", "0-7", "0-5")));
}

TEST_F(Traced, ACpuOfACpusetThatGoesAndComes) {
  const CpusetV2 cpuset("1-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  Tracer tracer;
  Offline one(1);
  ASSERT_TRUE(cpuset.comes_to_have("2-3"));
  const Json gone = await_set_of(tracer, *task);
  expect_hotplug(gone, "1-3", "2-3");
  one.end();
  ASSERT_TRUE(cpuset.comes_to_have("1-3"));
  const Json back = tracer.await([&](const Json& event) {
    return event["event"] == "set" && event["target"].is_object() &&
           event["target"]["tid"] == task->pid().value() && event["effective"] == "1-3";
  });
  expect_hotplug(back, "2-3", "1-3");
}

TEST_F(Traced, T07_ARunningTaskThatLosesItsLastCpuAndItsMaskIsToldWithTheCause) {
  const auto process = sleeper();
  const Tid busy = process->start(Work::compute);
  ASSERT_EQ(set(busy, "1"), 0);
  Tracer tracer;
  const Offline one(1);
  const Json event = await_set_of(tracer, busy);
  EXPECT_THAT(event, Tells(Json{{"cause", "fallback"}, {"old", "1"}, {"old_from", "commit"}}));
  EXPECT_EQ(event["effective"], to_cpu_list(allowed(busy)));
}

TEST_F(Traced, ASleeperThatKeepsItsMaskIsNoEvent) {
  const auto task = sleeper("1,5");
  Tracer tracer;
  Offline one(1);
  one.end();
  EXPECT_EQ(tracer.stop().sets_of(task->pid().value()).size(), 0U);
}

// Without the commit leg the kernel before 6.2 remembers nothing that could be compared.
TEST_F(Traced, WithoutCommitsAKernelThatForgetsIsNeverTrusted) {
  if (remembers_requests()) GTEST_SKIP() << "this one remembers";
  const auto task = sleeper();
  Tracer tracer({"--no-commits"});
  EXPECT_FALSE(has_commits(tracer.start()));
  ASSERT_EQ(set(*task, "1,5"), 0);
  const auto sets = tracer.stop().sets_of(task->pid().value());
  ASSERT_ONE(sets);
  EXPECT_THAT(sets[0], Tells(Json{{"request", "1,5"},
                                  {"kernel_request", nullptr},
                                  {"effective", "1,5"},
                                  {"trusted", false}}));
}

}  // namespace
}  // namespace pinfold::test

#include "trace/explain_change.h"

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::cpus;

Actor actor(pid_t pid) {
  return {.pid = Pid(pid), .tid = Tid(pid), .start_time = 7, .comm = "somebody"};
}

Trigger write_to(std::string cgroup, std::optional<Actor> by) {
  std::string path = "/sys/fs/cgroup" + cgroup + "/cpuset.cpus";
  return {.kind = Trigger::Kind::cpuset_write,
          .actor = std::move(by),
          .path = std::move(path),
          .cgroup = std::move(cgroup)};
}

Trigger move_to(std::string cgroup, std::optional<Actor> by) {
  Trigger trigger = write_to(std::move(cgroup), std::move(by));
  trigger.kind = Trigger::Kind::cgroup_move;
  return trigger;
}

Trigger hotplug(unsigned cpu, bool online) {
  return trigger_of(CpuChange{.cpu = CpuId(cpu), .online = online});
}

struct Case {
  const char* before = "0-3";
  const char* after = "2-3";
  std::optional<std::string> cgroup = "/jobs/a";
  const char* online = "0-3";
  bool missed = false;
};

Explanation explain(const Case& of, const std::vector<Trigger>& triggers) {
  return explain_change({.cgroup = of.cgroup, .before = cpus(of.before), .after = cpus(of.after)},
                        {.triggers = triggers, .missed = of.missed, .online = cpus(of.online)});
}

void expect_unknown(const Explanation& why) {
  EXPECT_EQ(why.cause, Cause::unknown);
  EXPECT_EQ(why.attribution, Attribution::unknown);
  EXPECT_FALSE(why.actor);
  EXPECT_FALSE(why.by);
}

void expect_inferred(const Explanation& why, Cause cause, pid_t by, const std::string& file) {
  EXPECT_EQ(why.cause, cause);
  EXPECT_EQ(why.attribution, Attribution::inferred);
  ASSERT_TRUE(why.actor);
  EXPECT_EQ(why.actor->pid, Pid(by));
  EXPECT_EQ(why.by, file);
}

TEST(ExplainChange, NothingHappenedExplainsNothing) { expect_unknown(explain({}, {})); }

TEST(ExplainChange, AWriteToTheCpusetOfTheThreadExplainsIt) {
  expect_inferred(explain({}, {write_to("/jobs/a", actor(50))}), Cause::cpuset_write, 50,
                  "/sys/fs/cgroup/jobs/a/cpuset.cpus");
}

TEST(ExplainChange, AWriteAboveTheThreadExplainsIt) {
  for (const char* above : {"/jobs", "/"})
    EXPECT_EQ(explain({}, {write_to(above, actor(50))}).cause, Cause::cpuset_write) << above;
}

TEST(ExplainChange, AWriteElsewhereDoesNot) {
  for (const char* elsewhere : {"/jobs/b", "/jobs/a/below", "/jobs/ab", "/job"})
    expect_unknown(explain({}, {write_to(elsewhere, actor(50))}));
}

TEST(ExplainChange, AWriteToAPartitionReachesEverybody) {
  Trigger trigger = write_to("/other", actor(50));
  trigger.everywhere = true;
  EXPECT_EQ(explain({}, {trigger}).cause, Cause::cpuset_write);
}

TEST(ExplainChange, AMoveExplainsWhoIsThereNow) {
  expect_inferred(explain({}, {move_to("/jobs/a", actor(50))}), Cause::cgroup_move, 50, "/jobs/a");
  expect_unknown(explain({}, {move_to("/jobs", actor(50))}));
}

TEST(ExplainChange, WhoWroteMayBeUnknown) {
  const Explanation why = explain({}, {write_to("/jobs/a", std::nullopt)});
  EXPECT_EQ(why.cause, Cause::cpuset_write);
  EXPECT_EQ(why.attribution, Attribution::inferred);
  EXPECT_FALSE(why.actor);
}

TEST(ExplainChange, TheSameWriteTwiceIsOneExplanation) {
  expect_inferred(explain({}, {write_to("/jobs/a", actor(50)), write_to("/jobs/a", actor(50))}),
                  Cause::cpuset_write, 50, "/sys/fs/cgroup/jobs/a/cpuset.cpus");
}

TEST(ExplainChange, OfTwoWritersNoneIsNamed) {
  const Explanation why =
      explain({}, {write_to("/jobs/a", actor(50)), write_to("/jobs/a", actor(51))});
  EXPECT_EQ(why.cause, Cause::cpuset_write);
  EXPECT_EQ(why.attribution, Attribution::unknown);
  EXPECT_FALSE(why.actor);
  EXPECT_EQ(why.by, "/sys/fs/cgroup/jobs/a/cpuset.cpus");
}

TEST(ExplainChange, TwoUnknownWritersAreNotTheSame) {
  EXPECT_EQ(explain({}, {write_to("/jobs/a", std::nullopt), write_to("/jobs/a", std::nullopt)})
                .attribution,
            Attribution::unknown);
}

TEST(ExplainChange, ANumberWithAnotherStartIsAnotherWriter) {
  Actor other = actor(50);
  other.start_time = 8;
  EXPECT_FALSE(explain({}, {write_to("/jobs/a", actor(50)), write_to("/jobs/a", other)}).actor);
}

TEST(ExplainChange, OfAWriteAndAMoveByTheSameTheActorIsCertain) {
  const Explanation why =
      explain({}, {write_to("/jobs/a", actor(50)), move_to("/jobs/a", actor(50))});
  EXPECT_EQ(why.cause, Cause::unknown);
  EXPECT_EQ(why.attribution, Attribution::inferred);
  ASSERT_TRUE(why.actor);
  EXPECT_FALSE(why.by);
}

TEST(ExplainChange, OfAWriteAndAMoveByOthersNothingIs) {
  expect_unknown(explain({}, {write_to("/jobs/a", actor(50)), move_to("/jobs/a", actor(51))}));
}

TEST(ExplainChange, WhatWasMissedLeavesAllUnknown) {
  expect_unknown(explain({.missed = true}, {write_to("/jobs/a", actor(50))}));
}

TEST(ExplainChange, WhereNobodyKnowsTheCgroupNothingIsGuessed) {
  Trigger hidden = write_to("/jobs/a", actor(51));
  hidden.cgroup = std::nullopt;
  expect_unknown(explain({}, {write_to("/jobs/a", actor(50)), hidden}));
  expect_unknown(explain({.cgroup = std::nullopt}, {write_to("/jobs/a", actor(50))}));
}

TEST(ExplainChange, AMaskThatLosesACpuThatWentFollowsIt) {
  const Explanation why =
      explain({.before = "0-3", .after = "0-2", .online = "0-2"}, {hotplug(3, false)});
  EXPECT_EQ(why.cause, Cause::hotplug);
  EXPECT_EQ(why.attribution, Attribution::inferred);
  EXPECT_EQ(why.by, "cpu3");
}

TEST(ExplainChange, AMaskThatGetsACpuThatCameFollowsIt) {
  EXPECT_EQ(explain({.before = "0-2", .after = "0-3"}, {hotplug(3, true)}).cause, Cause::hotplug);
}

TEST(ExplainChange, AMaskThatGetsItsOwnCpuBackFollowsIt) {
  EXPECT_EQ(explain({.before = "0-2", .after = "3"}, {hotplug(3, true)}).cause, Cause::hotplug);
}

TEST(ExplainChange, OtherCpusAreNotTheHotplugs) {
  expect_unknown(explain({.before = "0-3", .after = "0-1", .online = "0-2"}, {hotplug(3, false)}));
  expect_unknown(explain({.before = "0-3", .after = "0-2"}, {hotplug(3, true)}));
}

TEST(ExplainChange, WhoHasNoCpuLeftIsGivenOthers) {
  const Explanation why =
      explain({.before = "3", .after = "0-2", .online = "0-2"}, {hotplug(3, false)});
  EXPECT_EQ(why.cause, Cause::fallback);
  EXPECT_EQ(why.attribution, Attribution::inferred);
  EXPECT_EQ(why.by, "cpu3");
}

TEST(ExplainChange, WhoHadNoneForAMomentWasGivenOthersToo) {
  EXPECT_EQ(explain({.before = "3", .after = "0-3"}, {hotplug(3, false), hotplug(3, true)}).cause,
            Cause::fallback);
}

TEST(ExplainChange, WhoHadOneAllTheTimeWasNot) {
  // first 2 went and came back, then 3
  const std::vector triggers = {hotplug(2, false), hotplug(2, true), hotplug(3, false)};
  EXPECT_NE(explain({.before = "2-3", .after = "0-1", .online = "0-2"}, triggers).cause,
            Cause::fallback);
}

TEST(ExplainChange, AHotplugAndAWriteAreTwo) {
  expect_unknown(explain({.before = "0-3", .after = "0-2", .online = "0-2"},
                         {hotplug(3, false), write_to("/jobs/a", actor(50))}));
}

TEST(ExplainChange, AHotplugThatHasNothingToDoWithItDoesNotHideTheWriter) {
  expect_inferred(explain({.before = "0-3", .after = "0-1", .online = "0-2"},
                          {hotplug(3, false), write_to("/jobs/a", actor(50))}),
                  Cause::cpuset_write, 50, "/sys/fs/cgroup/jobs/a/cpuset.cpus");
}

}  // namespace
}  // namespace pinfold::trace

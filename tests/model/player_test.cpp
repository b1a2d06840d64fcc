#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/scenario/scenario.h"
#include "support/print.h"

namespace pinfold::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Plays lines, and says what came of each.
class Played {
 public:
  explicit Played(const std::vector<const char*>& lines) {
    for (const char* line : lines)
      play(line);
  }

  std::string play(std::string_view line) {
    const auto operation = parse_operation(line);
    if (!operation) return "! " + operation.error().reason;
    const auto outcome = player.play(**operation);
    return outcome ? outcome->summary() : "! " + outcome.error().reason;
  }

  Player player;
};

constexpr const char* machine = "machine pack:1 core:4 pu:2;isolated=6-7";

TEST(Player, BeginsWithPid1AsTheKernelDoes) {
  Played played({machine});
  EXPECT_EQ(played.player.system(), nullptr);
  EXPECT_EQ(played.play("get init"), "0-5");
  EXPECT_EQ(played.play("get kthreadd"), "0-7");
  EXPECT_EQ(played.play("get migration/3"), "3");
  EXPECT_EQ(played.play("set migration/3 2"), "EINVAL");
}

TEST(Player, ATaskInheritsSleepsAndCanBeSet) {
  Played played({machine, "start A", "set A 1,5", "fork A B", "thread B C"});
  EXPECT_EQ(played.play("get C"), "1,5");
  EXPECT_EQ(played.player.task("C")->state, TaskState::sleeping);
  EXPECT_EQ(played.player.task("C")->process, played.player.task("B")->process);
  EXPECT_EQ(played.play("set C none"), "EINVAL");
  EXPECT_EQ(played.play("set C 99999"), "EINVAL");
}

TEST(Player, CpusBeyondTheKernelsMaskAreDropped) {
  Played played({machine, "start A", "set A 1,70000"});
  EXPECT_EQ(played.play("get A"), "1");
  EXPECT_EQ(*played.player.task("A")->request, CpuSet({CpuId(1)}));
}

TEST(Player, AnotherUserIsRefused) {
  Played played({machine, "start A", "start B", "uids B 1001 1001 1001", "uids A 1002 1002 1002"});
  EXPECT_EQ(played.play("set A 1 by B"), "EPERM");
  EXPECT_EQ(played.play("set B 1 by B"), "ok");
  EXPECT_EQ(played.play("set A 1"), "ok");
}

TEST(Player, WhoeverCallsIsAwakeForIt) {
  Played played({machine, "start A", "set A 1", "spin A", "sleep A", "offline 1"});
  EXPECT_EQ(played.play("get A"), "none of 1");
  // It must have a CPU to call from, and there is none in its mask.
  EXPECT_EQ(played.play("fork A B"), "ok");
  EXPECT_EQ(played.play("get B"), "0,2-7 of 0-7");
  EXPECT_THAT(played.player.take_log(), ElementsAre(HasSubstr("(A) no longer affine to cpu1")));
  EXPECT_THAT(played.player.take_log(), IsEmpty());
  EXPECT_EQ(played.player.task("A")->state, TaskState::sleeping);
}

TEST(Player, ACloneHasItsCreatorsMaskOfTheTimeWhenItBegan) {
  Played played({machine, "start A", "set A 1", "begin fork A B", "set A 2"});
  EXPECT_EQ(played.play("set B 3"), "ESRCH");
  EXPECT_EQ(played.play("kill A"), "! A is inside a call until that ends");
  EXPECT_EQ(played.play("set A 1 by A"), "! A is inside a call until that ends");
  EXPECT_EQ(played.play("exit B"), "! B is not born yet");
  EXPECT_EQ(played.play("finish B"), "ok");
  EXPECT_EQ(played.play("get B"), "1");
  EXPECT_EQ(played.play("finish B"), "! B is born already");
  EXPECT_EQ(played.play("kill A"), "ok");
}

TEST(Player, ACloneThatIsNeverFinishedIsNoLeak) {
  Played played({machine, "start A", "begin fork A B", "begin fork init C", "begin thread init D"});
  EXPECT_NE(played.player.task("B"), nullptr);
  EXPECT_NE(played.player.task("D"), nullptr);
}

TEST(Player, ATaskIsBornIntoTheCgroupWhereItsCreatorIsThen) {
  Played played({machine, "write / cgroup.subtree_control +cpuset", "mkdir /a", "mkdir /b",
                 "write /b cpuset.cpus 2-3", "start A", "move A /a", "begin fork A B",
                 "move A /b"});
  EXPECT_EQ(played.play("rmdir /a"), "ok");
  EXPECT_EQ(played.play("finish B"), "ok");
  EXPECT_EQ(played.play("get B"), "2-3");
}

TEST(Player, NumbersOfTasksThatEndedAreNobodys) {
  Played played({machine, "start A"});
  EXPECT_EQ(played.play("kill A"), "ok");
  EXPECT_EQ(played.player.task("A"), nullptr);
  EXPECT_EQ(played.play("set A 1"), "ESRCH");
  EXPECT_EQ(played.play("get A"), "ESRCH");
  EXPECT_EQ(played.play("spin A"), "! A has ended");
  EXPECT_EQ(played.play("start A"), "! there is a task of that name already");
}

TEST(Player, AZombieStaysUntilItIsReaped) {
  Played played({machine, "start A", "fork A B", "thread B C"});
  EXPECT_EQ(played.play("exit B"), "ok");
  EXPECT_EQ(played.play("reap B"), "! B is no process that has ended");
  EXPECT_EQ(played.play("kill B"), "ok");
  EXPECT_EQ(played.player.task("C"), nullptr);
  EXPECT_EQ(played.player.task("B")->state, TaskState::zombie);
  EXPECT_EQ(played.play("reap B"), "ok");
  EXPECT_EQ(played.player.task("B"), nullptr);
}

TEST(Player, AProcessWhoseFirstThreadEndedEndsWhole) {
  Played played({machine, "start A", "thread A B", "thread A C", "exit A"});
  EXPECT_EQ(played.play("kill A"), "ok");
  EXPECT_EQ(played.play("get C"), "ESRCH");
  EXPECT_EQ(played.player.task("A"), nullptr);
}

TEST(Player, OrphansThatEndedAreReapedByInit) {
  Played played({machine, "start A", "fork A B", "fork A C", "kill B"});
  EXPECT_EQ(played.play("kill A"), "ok");
  EXPECT_EQ(played.player.task("B"), nullptr);
  EXPECT_NE(played.player.task("C"), nullptr);
}

TEST(Player, ExecOfAThreadEndsTheOthersAndHasTheProcesssNumber) {
  Played played({machine, "start A", "thread A B", "thread A C"});
  const pid_t number = played.player.task("A")->number;
  EXPECT_EQ(played.play("exec B"), "ok");
  EXPECT_EQ(played.player.task("A"), nullptr);
  EXPECT_EQ(played.player.task("C"), nullptr);
  EXPECT_EQ(played.player.task("B")->number, number);
  EXPECT_EQ(played.play("set B 3"), "ok");
  EXPECT_EQ(played.play("get B"), "3");
}

TEST(Player, AnOperationWaitsForItsStep) {
  Played played({machine, "write / cgroup.subtree_control +cpuset", "mkdir /a",
                 "write /a cpuset.cpus 0-3", "start A", "move A /a"});
  EXPECT_EQ(played.play("at cpuset_read write /a cpuset.cpus 0"), "waits");
  EXPECT_EQ(played.player.waiting().size(), 1U);
  EXPECT_EQ(played.play("set A 2"), "EINVAL");
  const auto happened = played.player.take_happened();
  ASSERT_EQ(happened.size(), 1U);
  EXPECT_EQ(happened.front().outcome->summary(), "ok");
  EXPECT_THAT(played.player.waiting(), IsEmpty());
  EXPECT_EQ(played.play("get A"), "0");
}

TEST(Player, NobodyEndsInTheMidstOfACallAboutHim) {
  Played played({machine, "start A", "start B", "thread A T", "at cpuset_read kill A",
                 "at cpuset_read exec T", "at mask_copied finish C"});
  EXPECT_EQ(played.play("set A 2 by B"), "ok");
  EXPECT_EQ(played.play("fork B C"), "ok");
  const auto happened = played.player.take_happened();
  ASSERT_EQ(happened.size(), 3U);
  for (const Happened& one : happened)
    EXPECT_THAT(one.outcome.error().reason, HasSubstr("is inside a call"));
}

TEST(Player, CgroupFilesAnswerAsTheKernels) {
  Played played({machine, "write / cgroup.subtree_control +cpuset", "mkdir /a"});
  EXPECT_EQ(played.play("read /a cpuset.cpus"), "none");
  EXPECT_EQ(played.play("read /a cpuset.cpus.effective"), "0-7");
  EXPECT_EQ(played.play("write /a cpuset.cpus 9"), "ERANGE");
  EXPECT_EQ(played.play("write /b cpuset.cpus 9"), "ENOENT");
  EXPECT_EQ(played.play("read /a tasks"), "ENOENT");
  EXPECT_EQ(played.play("rmdir /"), "EBUSY");
  EXPECT_EQ(played.play("mkdir /a"), "EEXIST");
}

TEST(Player, KernelAndCpusetsAreAsTheScenarioSays) {
  Played v1({machine, "kernel 6.1", "cpusets v1", "mkdir /a", "start A"});
  EXPECT_EQ(v1.play("move thread A /a"), "ENOSPC");
  EXPECT_EQ(v1.player.system()->hierarchy(), Hierarchy::v1);
  Played none({machine, "kernel 2.5"});
  EXPECT_EQ(none.play("mkdir /a"), "ENOENT");
  EXPECT_EQ(none.player.system()->hierarchy(), Hierarchy::none);
}

TEST(Player, WhatCannotBePlayedIsAnError) {
  Played played({machine});
  EXPECT_EQ(played.play(machine), "! it was said before");
  EXPECT_EQ(played.play("start Apple"), "ok");
  EXPECT_EQ(played.play("kernel 6.1"), "! too late: it stands before everything else");
  EXPECT_EQ(played.play("get Appel"), "! unknown task \"Appel\": did you mean Apple?");
  EXPECT_EQ(played.play("start init"), "! there is a task of that name already");
  EXPECT_EQ(played.play("kill init"), "! init does not end");
  EXPECT_THAT(played.play("fork kthreadd B"), HasSubstr("is a kernel thread"));
}

TEST(Player, NeedsAMachine) { EXPECT_EQ(Played({}).play("start A"), "! no machine was said"); }

TEST(Player, AMachineThatCannotBeIsAnErrorOfItsDescription) {
  EXPECT_THAT(Played({}).play("machine pack:1 xx:2"), HasSubstr("unknown type \"xx\""));
  Played wide({"machine core:100 pu:1", "kernel 2.5"});
  EXPECT_THAT(wide.play("start A"), HasSubstr("its masks have 64 CPUs"));
}

TEST(Player, ShowsTasksInATable) {
  Played played({machine, "start A", "set A 1,5", "spin A", "start Long-name"});
  const auto outcome = played.player.play({.action = operation::Show()});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->text,
            "TASK       STATE     CPU  REQUEST  ALLOWED  EFFECTIVE  CGROUP\n"
            "A          running   1    1,5      1,5      1,5        /\n"
            "Long-name  sleeping  0    -        0-5      0-5        /");
}

}  // namespace
}  // namespace pinfold::model

// Cpusets of the v2 hierarchy: what they leave of a task's request, and what Pinfold says of them.
#include "vm/cpuset_v2.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/kernel_release.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

class CpusetV2Test : public VmTest {};

// Moves and writes. Where requests are remembered, a task has those CPUs of the cpuset that it
// asked for, and all of them if there are none. Before, every move or write gave it all of them.

TEST_F(CpusetV2Test, MovingInLeavesTheCpusAskedFor) {
  const CpusetV2 cpuset("0-3");
  const auto partly = sleeper("1,5");
  const auto inside = sleeper("2-3");
  const auto outside = sleeper("6");
  const auto no_wish = sleeper();
  for (const auto* task : {&partly, &inside, &outside, &no_wish})
    cpuset.move_in((*task)->pid());
  EXPECT_EQ(effective(*partly), by_kernel("1", "0-3"));
  EXPECT_EQ(effective(*inside), by_kernel("2-3", "0-3"));
  EXPECT_EQ(effective(*outside), cpus("0-3"));
  EXPECT_EQ(effective(*no_wish), cpus("0-3"));
  EXPECT_EQ(allowed(*partly), effective(*partly));
}

TEST_F(CpusetV2Test, NarrowingAndWideningFollowTheRequest) {
  const CpusetV2 cpuset("0-7");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  ASSERT_EQ(set(*task, "1,5"), 0);
  ASSERT_EQ(effective(*task), cpus("1,5"));
  cpuset.set_cpus("5-6");
  EXPECT_EQ(effective(*task), by_kernel("5", "5-6"));
  cpuset.set_cpus("2-3");
  EXPECT_EQ(effective(*task), cpus("2-3"));
  cpuset.set_cpus("0-7");
  EXPECT_EQ(effective(*task), by_kernel("1,5", "0-7"));
}

TEST_F(CpusetV2Test, MovingFromOneToAnotherFollowsTheRequest) {
  const CpusetV2 low("0-3");
  const CpusetV2 high("4-7");
  const auto task = sleeper("1,5");
  low.move_in(task->pid());
  EXPECT_EQ(effective(*task), by_kernel("1", "0-3"));
  high.move_in(task->pid());
  EXPECT_EQ(effective(*task), by_kernel("5", "4-7"));
  CpusetV2::move_out(task->pid());
  EXPECT_EQ(effective(*task), by_kernel("1,5", "0-7"));
}

TEST_F(CpusetV2Test, ForkedChildInheritsTheRequestToo) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper("1,5");
  cpuset.move_in(task->pid());
  const Result<Pid> child = task->fork();
  ASSERT_TRUE(child);
  EXPECT_EQ(effective(child->leader()), by_kernel("1", "0-3"));
  cpuset.set_cpus("4-7");
  EXPECT_EQ(effective(child->leader()), by_kernel("5", "4-7"));
}

// Sets inside of a cpuset.

TEST_F(CpusetV2Test, M07_SetWhollyOutsideIsEinvalAndLeavesTheRequest) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  ASSERT_EQ(set(*task, "1"), 0);
  EXPECT_EQ(set(*task, "5"), EINVAL);
  EXPECT_EQ(effective(*task), cpus("1"));
  cpuset.set_cpus("0-7");
  EXPECT_EQ(effective(*task), by_kernel("1", "0-7"));
}

TEST_F(CpusetV2Test, M11_SetPartlyOutsideIsNarrowedAndRemembered) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  ASSERT_EQ(set(*task, "1,5"), 0);
  EXPECT_EQ(effective(*task), cpus("1"));
  cpuset.set_cpus("0-7");
  EXPECT_EQ(effective(*task), by_kernel("1,5", "0-7"));
}

// What can be written.

TEST_F(CpusetV2Test, WithoutCpusOfItsOwnItHasItsParents) {
  const CpusetV2 parent("2-5");
  const CpusetV2 child(parent, "");
  const auto task = sleeper();
  child.move_in(task->pid());
  EXPECT_EQ(child.read("cpuset.cpus"), "");
  EXPECT_EQ(child.read("cpuset.cpus.effective"), "2-5");
  EXPECT_EQ(effective(*task), cpus("2-5"));
  parent.set_cpus("3");
  EXPECT_EQ(effective(*task), cpus("3"));
}

TEST_F(CpusetV2Test, OneThatShareNothingWithItsParentHasItsParents) {
  const CpusetV2 parent("0-3");
  const CpusetV2 child(parent, "4-7");
  EXPECT_EQ(child.read("cpuset.cpus"), "4-7");
  EXPECT_EQ(child.read("cpuset.cpus.effective"), "0-3");
}

TEST_F(CpusetV2Test, CannotBeEmptiedWhileSomebodyIsInside) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  EXPECT_EQ(cpuset.write("cpuset.cpus", "\n"), ENOSPC);
  EXPECT_EQ(effective(*task), cpus("0-3"));
  CpusetV2::move_out(task->pid());
  EXPECT_EQ(cpuset.write("cpuset.cpus", "\n"), 0);
  EXPECT_EQ(cpuset.read("cpuset.cpus.effective"), "0-7");
}

TEST_F(CpusetV2Test, TakesNoCpuThatCannotExist) {
  const CpusetV2 cpuset("0-3");
  EXPECT_EQ(cpuset.write("cpuset.cpus", "99"), ERANGE);
  EXPECT_EQ(cpuset.read("cpuset.cpus"), "0-3");
}

// What the interface to the kernel says.

TEST_F(CpusetV2Test, LimitIsThatOfTheTasksCgroup) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  const auto limit = kernel().cpuset(task->pid().leader());
  ASSERT_TRUE(limit && *limit);
  EXPECT_EQ((*limit)->cgroup, cpuset.name());
  EXPECT_EQ((*limit)->file, cpuset.file("cpuset.cpus.effective"));
  EXPECT_EQ((*limit)->cpus, cpus("0-3"));
}

TEST_F(CpusetV2Test, LimitIsTheNearestAncestorsThatHasACpuset) {
  const CpusetV2 cpuset("0-3");
  const CpusetV2 child(cpuset, "");
  ASSERT_EQ(cpuset.write("cgroup.subtree_control", "-cpuset"), 0);
  const auto task = sleeper();
  child.move_in(task->pid());
  const auto limit = kernel().cpuset(task->pid().leader());
  ASSERT_TRUE(limit && *limit);
  EXPECT_EQ((*limit)->cgroup, cpuset.name());
  EXPECT_EQ((*limit)->cpus, cpus("0-3"));
  EXPECT_EQ(effective(*task), cpus("0-3"));
}

// What the command says.

std::string refusal(const Victim& victim, const char* cpus, const CpusetV2& cpuset) {
  return "pinfold: quiet (" + victim.pid_text() + ") cannot use " + cpus + ": cgroup " +
         cpuset.name() + " allows " + cpuset.read("cpuset.cpus.effective") + "\n  (" +
         cpuset.file("cpuset.cpus.effective") + ")\n";
}

TEST_F(CpusetV2Test, PinfoldSetOutsideNamesTheCgroupAndTheFile) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "3"});
  cpuset.move_in(Pid(victim.pid()));
  const Output set = pinfold({"set", "5", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.out, "");
  EXPECT_EQ(set.err, refusal(victim, "5", cpuset));
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-3"));
}

TEST_F(CpusetV2Test, PinfoldSetClipsOnlyWhenToldTo) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "3"});
  cpuset.move_in(Pid(victim.pid()));
  const Output refused = pinfold({"set", "1,5", victim.pid_text()});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_EQ(refused.err,
            refusal(victim, "5", cpuset) + "  --clip drops CPUs that cannot be used\n");
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-3"));
  EXPECT_EQ(pinfold({"set", "--clip", "1,5", victim.pid_text()}).exit, 0);
  EXPECT_EQ(mask_of(victim.pid()), cpus("1"));
}

TEST_F(CpusetV2Test, PinfoldResetGivesAllThatItAllowsAndTheRestWhenItGrows) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "3"});
  cpuset.move_in(Pid(victim.pid()));
  ASSERT_EQ(pinfold({"set", "1", victim.pid_text()}).exit, 0);
  const Output reset = pinfold({"reset", victim.pid_text()});
  EXPECT_EQ(reset.exit, 0) << reset.err;
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-3"));
  cpuset.set_cpus("0-7");
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-7"));
}

// Partitions: CPUs that are taken away from everybody else.

TEST_F(CpusetV2Test, PartitionTakesItsCpusFromTheRest) {
  const auto elsewhere = sleeper("1,5");
  const auto inside = sleeper("2-3");
  const auto no_wish = sleeper();
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  EXPECT_EQ(effective(*elsewhere), by_kernel("1,5", "0-1,4-7"));
  EXPECT_EQ(effective(*inside), cpus("0-1,4-7"));
  EXPECT_EQ(effective(*no_wish), cpus("0-1,4-7"));
  partition.set_partition("member");
  EXPECT_EQ(effective(*elsewhere), by_kernel("1,5", "0-7"));
  EXPECT_EQ(effective(*inside), by_kernel("2-3", "0-7"));
  EXPECT_EQ(effective(*no_wish), cpus("0-7"));
}

TEST_F(CpusetV2Test, SetOfAPartitionsCpusOutsideOfItIsRefused) {
  const auto task = sleeper();
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  EXPECT_EQ(set(*task, "2"), EINVAL);
  EXPECT_EQ(set(*task, "0,2"), 0);
  EXPECT_EQ(effective(*task), cpus("0"));
}

TEST_F(CpusetV2Test, TaskMovedIntoAPartitionHasItsCpus) {
  const auto task = sleeper();
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  ASSERT_EQ(set(*task, "0,2"), 0);
  partition.move_in(task->pid());
  EXPECT_EQ(effective(*task), by_kernel("2", "2-3"));
}

TEST_F(CpusetV2Test, PinfoldNamesTheRootCgroupWhenAPartitionTookTheCpu) {
  const Victim victim({"quiet", "1"});
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  const Output set = pinfold({"set", "2", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err, "pinfold: quiet (" + victim.pid_text() +
                         ") cannot use 2: cgroup / allows 0-1,4-7\n"
                         "  (/sys/fs/cgroup/cpuset.cpus.effective)\n");
}

TEST_F(CpusetV2Test, M29_AnIsolatedPartitionHasItsCpusForItselfWithoutABoot) {
  const auto outside = sleeper();
  const auto task = sleeper();
  const CpusetV2 partition("2-3");
  partition.set_partition("isolated");
  EXPECT_EQ(effective(*outside), cpus("0-1,4-7"));
  EXPECT_EQ(set(*outside, "2"), EINVAL);
  partition.move_in(task->pid());
  EXPECT_EQ(effective(*task), cpus("2-3"));
  EXPECT_EQ(set(*task, "3"), 0);
  EXPECT_EQ(effective(*task), cpus("3"));
  EXPECT_EQ(set(*task, "4"), EINVAL);
  partition.set_partition("member");
  EXPECT_EQ(effective(*task), cpus("3"));
}

}  // namespace
}  // namespace pinfold::test

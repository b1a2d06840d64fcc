// `pinfold why` on machines in which everything may be done: partitions, CPUs that come and go,
// CPUs that are isolated. What is said to lift a constraint is done, and must lift it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/kernel_release.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

Json why(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"why", "--json"});
  return Json::parse(pinfold(std::move(arguments)).out);
}

Json why(const Victim& victim, const char* place) {
  return why({victim.pid_text(), "--on", place});
}

// "cpuset takes 4-5", or with a colon the CPUs of a remark.
std::vector<std::string> summary(const Json& json) {
  std::vector<std::string> lines;
  for (const Json& constraint : json["constraints"]) {
    const bool takes = constraint["takes"] != "";
    lines.push_back(constraint["kind"].get<std::string>() + (takes ? " takes " : ": ") +
                    constraint["cpus"].get<std::string>());
  }
  return lines;
}

using Summary = std::vector<std::string>;

// Does what lifts a constraint, as it stands.
void lift(const Json& constraint) {
  const std::string command = constraint["lifts"];
  const Output done = run({"sh", "-c", command});
  EXPECT_EQ(done.exit, 0) << command << '\n' << done.err;
}

class WhyCpusetV2 : public VmTest {};

TEST_F(WhyCpusetV2, TheAncestorThatTakesIsNamedAndWhatLiftsItLiftsIt) {
  const CpusetV2 outer("0-5");
  const CpusetV2 middle(outer, "0-3");
  const CpusetV2 inner(middle, "");
  const Victim victim({"quiet", "2"});
  inner.move_in(Pid(victim.pid()));
  const Output said = pinfold({"why", victim.pid_text(), "--on", "2-7"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_EQ(said.err, "");
  const std::string lower = "echo 0-7 > " + middle.file("cpuset.cpus");
  EXPECT_EQ(said.out, "quiet (" + victim.pid_text() +
                          ") cannot run on 4-7; it may run on 2-3.\n"
                          "\nCPUs 6-7 are not given to the task: cgroup " +
                          outer.name() + " allows 0-5.\n  where: " + outer.file("cpuset.cpus") +
                          "\n  lifts: echo 0-7 > " + outer.file("cpuset.cpus") + " && " + lower +
                          "\n\nCPUs 4-5 are not given to the task: cgroup " + middle.name() +
                          " allows 0-3.\n  where: " + middle.file("cpuset.cpus") +
                          "\n  lifts: " + lower + '\n');
  lift(why(victim, "2-7")["constraints"][0]);
  EXPECT_EQ(why(victim, "2-7")["may"], true);
  EXPECT_EQ(pinfold({"set", "2-7", victim.pid_text()}).exit, 0);
}

TEST_F(WhyCpusetV2, M11_WhyTellsAloudWhatTheKernelNarrowedSilently) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "1"});
  cpuset.move_in(Pid(victim.pid()));
  ASSERT_TRUE(kernel().set_affinity(Tid(victim.pid()), cpus("1,5")));
  ASSERT_EQ(mask_of(victim.pid()), cpus("1"));
  EXPECT_EQ(summary(why(victim, "1,5")), Summary{"cpuset takes 5"});
  EXPECT_EQ(summary(why({victim.pid_text()})),
            (Summary{"cpuset takes 4-7", "request takes 0,2-3"}));
}

TEST_F(WhyCpusetV2, APartitionElsewhereIsNamedAndCanBeDissolved) {
  const Victim victim({"quiet", "1"});
  const CpusetV2 own("0-3");
  own.move_in(Pid(victim.pid()));
  for (const char* kind : {"root", "isolated"}) {
    SCOPED_TRACE(kind);
    const CpusetV2 partition("6-7");
    partition.set_partition(kind);
    const Json json = why(victim, "3,6");
    EXPECT_EQ(summary(json), Summary{"partition takes 6"});
    EXPECT_EQ(json["constraints"][0]["by"], "cgroup " + partition.name());
    EXPECT_EQ(json["constraints"][0]["where"], partition.file("cpuset.cpus.partition"));
    lift(json["constraints"][0]);
    EXPECT_EQ(why(victim, "3,6")["may"], true);
    own.set_cpus("0-3");
  }
}

TEST_F(WhyCpusetV2, TheMaskOfATaskOutsideIsExplainedByThePartition) {
  const Victim victim({"quiet", "1"});
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  EXPECT_EQ(summary(why({victim.pid_text()})), Summary{"partition takes 2-3"});
}

TEST_F(WhyCpusetV2, OfNestedPartitionsTheOuterOneTakes) {
  const Victim victim({"quiet", "1"});
  const CpusetV2 outer("4-7");
  outer.set_partition("root");
  const CpusetV2 inner(outer, "6-7");
  inner.set_partition("isolated");
  const Json json = why(victim, "5-6");
  EXPECT_EQ(summary(json), Summary{"partition takes 5-6"});
  EXPECT_EQ(json["constraints"][0]["by"], "cgroup " + outer.name());
  lift(json["constraints"][0]);
  EXPECT_EQ(why(victim, "5-6")["may"], true);
}

TEST_F(WhyCpusetV2, APartitionThatStandsAnywhereIsFound) {
  const CpusetV2 middle("4-7");
  const CpusetV2 remote(middle, "6-7");
  if (middle.write("cpuset.cpus.exclusive", "6-7") != 0) GTEST_SKIP() << "since Linux 6.7";
  ASSERT_EQ(remote.write("cpuset.cpus.exclusive", "6-7"), 0);
  remote.set_partition("root");
  const Victim victim({"quiet", "1"});
  const Json json = why(victim, "6");
  EXPECT_EQ(summary(json), Summary{"partition takes 6"});
  EXPECT_EQ(json["constraints"][0]["by"], "cgroup " + remote.name());
  lift(json["constraints"][0]);
  EXPECT_EQ(why(victim, "6")["may"], true);
}

TEST_F(WhyCpusetV2, InsideAPartitionItsOwnCpusAreTheLimit) {
  const CpusetV2 partition("2-3");
  partition.set_partition("root");
  const Victim victim({"quiet", "1"});
  partition.move_in(Pid(victim.pid()));
  EXPECT_EQ(why(victim, "2-3")["may"], true);
  const Json json = why(victim, "2,5");
  EXPECT_EQ(summary(json), Summary{"cpuset takes 5"});
  EXPECT_EQ(json["constraints"][0]["by"], "cgroup " + partition.name());
  lift(json["constraints"][0]);
  EXPECT_EQ(why(victim, "2,5")["may"], true);
}

TEST_F(WhyCpusetV2, CpusOfAnIsolatedPartitionAreSaidToBeUntilItIsARoot) {
  const CpusetV2 partition("2-3");
  partition.set_partition("isolated");
  const Victim victim({"quiet", "1"});
  partition.move_in(Pid(victim.pid()));
  const Json json = why(victim, "2-3");
  EXPECT_EQ(json["may"], true);
  EXPECT_EQ(summary(json), Summary{"isolated: 2-3"});
  EXPECT_EQ(json["constraints"][0]["by"], "cgroup " + partition.name());
  lift(json["constraints"][0]);
  EXPECT_EQ(summary(why(victim, "2-3")), Summary());
}

TEST_F(WhyCpusetV2, ACommandHasTheLimitsOfTheCaller) {
  const CpusetV2 cpuset("0-3");
  const Output said = run({"sh", "-c",
                           "echo $$ > " + cpuset.file("cgroup.procs") + " && exec " +
                               PINFOLD_COMMAND + " why --on 3-4 -- sh"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_TRUE(said.out.starts_with("sh cannot run on 4; it may run on 3.\n")) << said.out;
}

// CPUs that are switched off

class WhyOffline : public VmTest {};

TEST_F(WhyOffline, WhatIsOfflineIsTakenByThatAndCanBeSwitchedOn) {
  const Victim victim({"quiet", "1"});
  const Offline one(1);
  const Output said = pinfold({"why", victim.pid_text(), "--on", "0-1"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_EQ(said.out, "quiet (" + victim.pid_text() +
                          ") cannot run on 1; it may run on 0.\n"
                          "\nCPU 1 is offline: online are 0,2-7.\n"
                          "  where: /sys/devices/system/cpu/online\n"
                          "  lifts: echo 1 > /sys/devices/system/cpu/cpu1/online\n"
                          "\nIts mask keeps CPU 1, which is offline: allowed is 0-7, effective is "
                          "0,2-7.\n  where: /proc/" +
                          victim.pid_text() +
                          "/status (Cpus_allowed_list) and sched_getaffinity(2)\n");
  lift(why(victim, "0-1")["constraints"][0]);
  EXPECT_EQ(summary(why(victim, "0-1")), Summary());
}

TEST_F(WhyOffline, OfflineComesBeforeTheCpuset) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "1"});
  cpuset.move_in(Pid(victim.pid()));
  const Offline one(5);
  EXPECT_EQ(summary(why(victim, "3-5")), (Summary{"offline takes 5", "cpuset takes 4"}));
}

TEST_F(WhyOffline, ASleeperWhoseOnlyCpuIsOffCanRunNowhere) {
  const Victim victim({"quiet", "1"});
  ASSERT_TRUE(kernel().set_affinity(Tid(victim.pid()), cpus("1")));
  const Offline one(1);
  const Output said = pinfold({"why", victim.pid_text()});
  EXPECT_EQ(said.exit, 1);
  EXPECT_TRUE(
      said.out.starts_with("quiet (" + victim.pid_text() + ") can run nowhere: its mask is 1.\n"))
      << said.out;
  const Json json = why({victim.pid_text()});
  EXPECT_EQ(summary(json), (Summary{"offline takes 1", "request takes 0,2-7", "disagreement: 1"}));
  EXPECT_EQ(json["targets"][0]["allowed"], "1");
  EXPECT_EQ(json["targets"][0]["effective"], "");
}

TEST_F(WhyOffline, SiblingsThatAreOffWithSmtComeBackWithIt) {
  constexpr const char* control = "/sys/devices/system/cpu/smt/control";
  if (write_file(control, "off") != 0) GTEST_SKIP() << "this machine has no SMT to switch off";
  const Victim victim({"quiet", "1"});
  const Json json = why(victim, "1");
  EXPECT_EQ(summary(json)[0], "offline takes 1");
  EXPECT_EQ(json["constraints"][0]["where"], control);
  EXPECT_NE(write_file("/sys/devices/system/cpu/cpu1/online", "1"), 0);
  lift(json["constraints"][0]);
  EXPECT_EQ(why(victim, "1")["may"], true);
}

// A machine started with isolcpus=6,7 nohz_full=5.

class WhyIsolated : public VmTest {};

// Before a partition is made here: that gives kernel threads all CPUs of the rest.
TEST_F(WhyIsolated, NohzFullIsSaidAndKeepsTheKernelsThreadsAway) {
  if (!kernel().cpus()->nohz_full.contains(CpuId(5))) GTEST_SKIP() << "no nohz_full here";
  const Victim victim({"quiet", "1"});
  EXPECT_EQ(summary(why(victim, "4-5")), Summary{"nohz_full: 5"});
  EXPECT_EQ(summary(why({"2"})), (Summary{"nohz_full takes 5", "isolated: 6-7"}));  // kthreadd
}

TEST_F(WhyIsolated, IsolatedCpusMayBeUsedAndWhatThatMeansIsSaid) {
  const Victim victim({"quiet", "1"});
  const Output said = pinfold({"why", victim.pid_text(), "--on", "4,6"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_EQ(said.out, "quiet (" + victim.pid_text() +
                          ") may run on 4,6.\n"
                          "\nCPU 6 is isolated (isolcpus): the scheduler balances nothing there. A "
                          "thread\nstays on the CPU that it is on, and so do the threads and "
                          "processes that it\nstarts.\n"
                          "  where: /sys/devices/system/cpu/isolated\n"
                          "  lifts: boot with 6 left out of isolcpus=\n");
}

// That is what the text says of isolated CPUs.
TEST_F(WhyIsolated, ThreadsThatAreStartedThereStayOnTheCpuOfTheFirst) {
  const auto process = sleeper("6-7");
  const Tid first = process->start(Work::compute);
  const CpuId there = kernel().task(first)->cpu;
  std::vector<Tid> crowd{first};
  for (int i = 0; i < 6; ++i)
    crowd.push_back(process->start(Work::compute));
  for (int look = 0; look < 50; ++look) {
    for (const Tid tid : crowd)
      ASSERT_EQ(kernel().task(tid)->cpu, there) << "at look " << look;
  }
}

TEST_F(WhyIsolated, AMaskWithoutThemIsOneThatNobodySet) {
  const Victim victim({"quiet", "1"});
  const Json json = why({victim.pid_text()});
  EXPECT_EQ(summary(json)[0], "isolated takes 6-7");
  EXPECT_EQ(json["constraints"][0]["by"], "isolcpus");
  EXPECT_EQ(json["constraints"][0]["lifts"], "pinfold reset --isolated " + victim.pid_text());
  EXPECT_EQ(pinfold({"reset", "--isolated", victim.pid_text()}).exit, 0);
  EXPECT_EQ(why({victim.pid_text()})["targets"][0]["effective"], "0-7");
}

TEST_F(WhyIsolated, BootAndPartitionAreToldApart) {
  const CpusetV2 partition("2-3");
  partition.set_partition("isolated");
  const Victim victim({"quiet", "1"});
  partition.move_in(Pid(victim.pid()));
  const Json inside = why(victim, "2");
  ASSERT_EQ(summary(inside), Summary{"isolated: 2"});
  EXPECT_EQ(inside["constraints"][0]["by"], "cgroup " + partition.name());
  const Victim outside({"quiet", "1"});
  EXPECT_EQ(summary(why(outside, "2,6")), (Summary{"partition takes 2", "isolated: 6"}));
}

}  // namespace
}  // namespace pinfold::test

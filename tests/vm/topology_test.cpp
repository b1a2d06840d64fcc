// The machine as sysfs tells it: two packages and nodes, two cores each, two threads each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>
#include <pinfold/machine.h>
#include <pinfold/place.h>

#include "machine/limits.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;

::pinfold::Machine host() {
  auto machine = ::pinfold::Machine::host();
  if (!machine) throw std::runtime_error(message(machine.error()));
  return std::move(*machine);
}

std::vector<std::string> lists(const ::pinfold::Machine& machine, Level level) {
  std::vector<std::string> lists;
  for (const Object& object : machine.objects(level))
    lists.push_back(to_cpu_list(object.cpus));
  return lists;
}

class Topology : public VmTest {};

TEST_F(Topology, IsThatOfTheMachine) {
  const auto machine = host();
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-3", "4-7"));
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("0-3", "4-7"));
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0-1", "2-3", "4-5", "6-7"));
  EXPECT_EQ(machine.distance(0, 0), 10U);
  EXPECT_EQ(machine.distance(0, 1), 20U);
  EXPECT_EQ(resolve("node:1.core:0,~smt", machine).value(), cpus("4"));
}

TEST_F(Topology, LeavesOutCpusThatAreOffline) {
  const Offline one(1);
  const Offline six(6);
  const Offline seven(7);
  const auto machine = host();
  EXPECT_EQ(machine.online(), cpus("0,2-5"));
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("0,2-3", "4-5"));
  EXPECT_THAT(lists(machine, Level::core), ElementsAre("0", "2-3", "4-5"));
  const Output run = pinfold({"run", "--on", "core:3", "--", "true"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_THAT(run.err, testing::HasSubstr("core:3 does not exist"));
}

TEST_F(Topology, NodeWhoseCpusAreAllOfflineStays) {
  std::vector<std::unique_ptr<Offline>> off;
  for (unsigned cpu = 4; cpu < 8; ++cpu)
    off.push_back(std::make_unique<Offline>(cpu));
  const auto machine = host();
  EXPECT_THAT(lists(machine, Level::package), ElementsAre("0-3"));
  EXPECT_THAT(lists(machine, Level::node), ElementsAre("0-3", ""));
}

TEST_F(Topology, TellsWhichCgroupNarrows) {
  const CpusetV2 upper("0-3");
  const CpusetV2 inner(upper, "");
  const auto task = sleeper();
  inner.move_in(task->pid());
  const auto limit = kernel().cpuset(task->pid().leader());
  ASSERT_TRUE(limit && *limit);
  EXPECT_EQ((*limit)->cpus, cpus("0-3"));
  EXPECT_EQ((*limit)->cgroup, upper.name());
  EXPECT_EQ((*limit)->file, upper.file("cpuset.cpus.effective"));

  const CpusetV2 narrower(upper, "1");
  narrower.move_in(task->pid());
  EXPECT_EQ(kernel().cpuset(task->pid().leader()).value()->cgroup, narrower.name());
}

TEST_F(Topology, IsolatedPartitionIsIsolated) {
  EXPECT_EQ(host().isolated(), CpuSet());
  const CpusetV2 partition("2-3");
  partition.set_partition("isolated");
  const auto machine = host();
  EXPECT_EQ(machine.isolated(), cpus("2-3"));
  EXPECT_FALSE(machine.allowed().intersects(cpus("2-3"))) << "the root cgroup has lost them";
  const Output run = pinfold({"run", "--on", "isolated", "--", "true"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_THAT(run.err, testing::HasSubstr("leaves no CPU"));
  partition.set_partition("member");
}

TEST_F(Topology, NamesTakeWhatTheCgroupOfTheTargetAllows) {
  const CpusetV2 cpuset("3-5");
  const Victim victim({"quiet", "2"});
  cpuset.move_in(Pid(victim.pid()));
  const Output set = pinfold({"set", "node:0", victim.pid_text()});
  EXPECT_EQ(set.exit, 0);
  EXPECT_THAT(set.err,
              testing::HasSubstr("node:0 is 0-3; cgroup " + cpuset.name() + " allows 3-5"));
  EXPECT_EQ(mask_of(victim.pid()), cpus("3"));
}

}  // namespace
}  // namespace pinfold::test

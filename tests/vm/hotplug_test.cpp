// CPUs that go offline and come back.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <vector>

#include <pinfold/cpu_list.h>

#include "claims/claims.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

class Hotplug : public VmTest {
 protected:
  static CpuId cpu_of(Tid tid) { return kernel().task(tid).value().cpu; }
};

TEST_F(Hotplug, M04_GetLeavesOutCpusThatAreOffline) {
  const auto task = sleeper("1,5");
  Offline one(1);
  EXPECT_EQ(effective(*task), cpus("5"));
  EXPECT_EQ(allowed(*task), cpus("1,5"));
  one.end();
  EXPECT_EQ(effective(*task), cpus("1,5"));
}

TEST_F(Hotplug, M04_ASleeperWhoseOnlyCpuIsOfflineReadsAnEmptyMaskAndKeepsItsOwn) {
  const auto task = sleeper("1");
  Offline one(1);
  EXPECT_EQ(effective(*task), CpuSet());
  EXPECT_EQ(allowed(*task), cpus("1"));
  one.end();
  EXPECT_EQ(effective(*task), cpus("1"));
}

TEST_F(Hotplug, M07_AnOfflineCpuAloneIsEinvalAndPinfoldSaysOffline) {
  const Victim victim({"quiet", "1"});
  const Offline one(1);
  EXPECT_EQ(raw_set(victim.pid(), cpus("1")), -EINVAL);
  const Output set = pinfold({"set", "1", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err, "pinfold: CPU 1 is offline: online are 0,2-7\n");
  EXPECT_EQ(mask_of(victim.pid()), cpus("0,2-7"));
}

TEST_F(Hotplug, M11_AnOfflineCpuAmongOthersIsLeftOutSilentlyAndPinfoldSaysSo) {
  const Victim victim({"quiet", "1"});
  const Offline one(1);
  ASSERT_EQ(raw_set(victim.pid(), cpus("0-1")), 0);
  EXPECT_EQ(mask_of(victim.pid()), cpus("0"));
  const Output set = pinfold({"set", "1-2", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err,
            "pinfold: CPU 1 is offline: online are 0,2-7\n"
            "  --clip drops CPUs that cannot be used\n");
}

std::size_t cpus_of_cpuinfo() {
  std::ifstream file("/proc/cpuinfo");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);)
    count += line.starts_with("processor") ? 1U : 0U;
  return count;
}

TEST_F(Hotplug, M12_CpuinfoAndSysconfOnlnLeaveOutAnOfflineCpuAndSysfsAndConfDoNot) {
  const Offline one(1);
  EXPECT_EQ(cpus_of_cpuinfo(), 7U);
  EXPECT_EQ(::sysconf(_SC_NPROCESSORS_ONLN), 7);
  EXPECT_EQ(::sysconf(_SC_NPROCESSORS_CONF), 8);
  EXPECT_TRUE(std::filesystem::exists("/sys/devices/system/cpu/cpu1"));
  const auto system = kernel().cpus();
  ASSERT_TRUE(system);
  EXPECT_EQ(system->online, cpus("0,2-7"));
  EXPECT_EQ(system->present, cpus("0-7"));
  EXPECT_EQ(system->possible, cpus("0-7"));
}

// When a mask is left.

TEST_F(Hotplug, T07_ARunningTaskWhoseOnlyCpuGoesOfflineLosesItsMaskForGood) {
  const auto process = sleeper();
  const Tid busy = process->start(Work::compute);
  ASSERT_EQ(set(busy, "1"), 0);
  Offline one(1);
  EXPECT_EQ(effective(busy), cpus("0,2-7"));
  EXPECT_NE(cpu_of(busy), CpuId(1));
  EXPECT_TRUE(process->gets_on(busy));
  one.end();
  EXPECT_EQ(effective(busy), cpus("0-7"));
}

TEST_F(Hotplug, T07_ARunningTaskWithAnotherCpuInItsMaskKeepsIt) {
  const auto process = sleeper();
  const Tid busy = process->start(Work::compute);
  ASSERT_EQ(set(busy, "1,5"), 0);
  Offline one(1);
  EXPECT_EQ(cpu_of(busy), CpuId(5));
  EXPECT_EQ(allowed(busy), cpus("1,5"));
  one.end();
  EXPECT_EQ(effective(busy), cpus("1,5"));
}

TEST_F(Hotplug, T07_UnderLoadNobodyLeavesItsMask) {
  const auto process = sleeper();
  const Tid pinned = process->start(Work::compute);
  ASSERT_EQ(set(pinned, "1"), 0);
  for (int i = 0; i < 24; ++i)
    process->start(Work::compute);
  for (int look = 0; look < 200; ++look)
    ASSERT_EQ(cpu_of(pinned), CpuId(1)) << "at look " << look;
  EXPECT_TRUE(process->gets_on(pinned));
}

// In a cpuset of v2: what it was given stays, what is effective follows the CPUs.

TEST_F(Hotplug, CpusetOfV2LosesAnOfflineCpuAndGetsItBack) {
  const CpusetV2 cpuset("0-3");
  const auto no_wish = sleeper();
  cpuset.move_in(no_wish->pid());
  Offline one(1);
  ASSERT_TRUE(cpuset.comes_to_have("0,2-3"));
  EXPECT_EQ(cpuset.read("cpuset.cpus"), "0-3");
  EXPECT_EQ(effective(*no_wish), cpus("0,2-3"));
  one.end();
  ASSERT_TRUE(cpuset.comes_to_have("0-3"));
  EXPECT_EQ(effective(*no_wish), cpus("0-3"));
}

TEST_F(Hotplug, CpusetOfV2WhoseLastCpuGoesOfflineHasItsParentsMeanwhile) {
  const CpusetV2 cpuset("2");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  ASSERT_EQ(effective(*task), cpus("2"));
  Offline two(2);
  ASSERT_TRUE(cpuset.comes_to_have("0-1,3-7"));
  EXPECT_EQ(effective(*task), cpus("0-1,3-7"));
  two.end();
  ASSERT_TRUE(cpuset.comes_to_have("2"));
  EXPECT_EQ(effective(*task), cpus("2"));
}

TEST_F(Hotplug, RequestInACpusetOfV2OutlivesTheCpusAbsence) {
  const CpusetV2 cpuset("0-3");
  const auto task = sleeper();
  cpuset.move_in(task->pid());
  ASSERT_EQ(set(*task, "1,5"), 0);
  Offline one(1);
  ASSERT_TRUE(cpuset.comes_to_have("0,2-3"));
  EXPECT_EQ(effective(*task), cpus("0,2-3"));
  one.end();
  ASSERT_TRUE(cpuset.comes_to_have("0-3"));
  EXPECT_EQ(effective(*task), by_kernel("1", "0-3"));
}

}  // namespace
}  // namespace pinfold::test

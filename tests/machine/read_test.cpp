// Machines from files: those of a folder that a test makes, as a kernel would.
#include "machine/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "machine/cpus.h"
#include "machine/limits.h"
#include "machine/partitions.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::lists;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

class ReadMachine : public testing::Test {
 protected:
  ReadMachine() {
    std::string name = testing::TempDir() + "/pinfold-root-XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  ~ReadMachine() override { fs::remove_all(root_); }

  void file(const std::string& path, const std::string& text) const {
    const fs::path whole = root_ + '/' + path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << text << '\n';
  }
  void cpu_file(unsigned cpu, const std::string& path, const std::string& text) const {
    file("sys/devices/system/cpu/cpu" + std::to_string(cpu) + '/' + path, text);
  }
  void cache(unsigned cpu, unsigned index, const std::string& level, const std::string& type,
             const std::string& size, const std::string& sharing) const {
    const std::string folder = "cache/index" + std::to_string(index) + '/';
    cpu_file(cpu, folder + "level", level);
    cpu_file(cpu, folder + "type", type);
    cpu_file(cpu, folder + "size", size);
    cpu_file(cpu, folder + "shared_cpu_list", sharing);
  }
  void online(const std::string& list) const {
    for (const char* name : {"possible", "present", "online"})
      file(std::string("sys/devices/system/cpu/") + name, list);
  }

  [[nodiscard]] Machine machine() const {
    auto machine = Machine::open(root_);
    if (!machine) throw std::runtime_error(message(machine.error()));
    return std::move(*machine);
  }

  std::string root_;
};

TEST_F(ReadMachine, NeedsNothingButAListOfCpus) {
  online("0-3");
  const Machine m = machine();
  EXPECT_EQ(m.online(), cpus("0-3"));
  EXPECT_EQ(m.allowed(), cpus("0-3"));
  EXPECT_THAT(m.objects(Level::package), IsEmpty());
  EXPECT_THAT(lists(m, Level::core), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0-3"));
  EXPECT_EQ(m.kinds().size(), 1U);
}

TEST_F(ReadMachine, ThatTellsOfNoCpuIsNone) {
  file("sys/devices/system/cpu/kernel_max", "255");
  const auto none = Machine::open(root_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(message(none.error()), HasSubstr("is this a copy of /sys and /proc?"));
}

TEST_F(ReadMachine, WhatIsNeitherAFolderNorADescriptionSaysWhatAMachineIs) {
  for (const char* text : {"", "hots", "/missing/folder"}) {
    const auto none = Machine::open(text);
    ASSERT_FALSE(none) << text;
    EXPECT_THAT(message(none.error()), HasSubstr("a folder with a copy of /sys and /proc")) << text;
  }
}

TEST_F(ReadMachine, CoresWithoutACacheLevelAreToldFromThoseWithIt) {
  // Two cores with an L3, then two that have two levels only, as low-power cores do.
  online("0-3");
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    const std::string own = std::to_string(cpu);
    cache(cpu, 0, "1", "Data", "32K", own);
    cache(cpu, 1, "1", "Instruction", "32K", own);
    cache(cpu, 2, "2", "Unified", "512K", own);
    if (cpu < 2) cache(cpu, 3, "3", "Unified", "8192K", "0-1");
  }
  const Machine m = machine();
  EXPECT_THAT(lists(m, Level::l1d), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(lists(m, Level::l2), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(lists(m, Level::l3), ElementsAre("0-1"));
}

TEST_F(ReadMachine, CoresWithMoreLevelsThanTheFirstAreReadWhole) {
  online("0-2");
  cache(0, 0, "1", "Data", "32K", "0");
  cache(0, 1, "2", "Unified", "512K", "0");
  for (unsigned cpu = 1; cpu < 3; ++cpu) {
    cache(cpu, 0, "1", "Data", "32K", std::to_string(cpu));
    cache(cpu, 1, "2", "Unified", "512K", std::to_string(cpu));
    cache(cpu, 2, "3", "Unified", "8192K", "1-2");
  }
  EXPECT_THAT(lists(machine(), Level::l3), ElementsAre("1-2"));
}

TEST_F(ReadMachine, IndicesThatMeanAnotherCacheOnAnotherCoreAreSeen) {
  // The same indices and sizes; on the second kind of core instructions come first, and there is
  // one cache less before the L2.
  online("0-3");
  for (unsigned cpu = 0; cpu < 2; ++cpu) {
    const std::string own = std::to_string(cpu);
    cache(cpu, 0, "1", "Data", "32K", own);
    cache(cpu, 1, "1", "Instruction", "32K", own);
    cache(cpu, 2, "2", "Unified", "1024K", "0-1");
  }
  cache(2, 0, "1", "Instruction", "32K", "2-3");
  cache(2, 1, "1", "Data", "32K", "2");
  cache(2, 2, "2", "Unified", "1024K", "2");
  cache(3, 0, "1", "Unified", "64K", "3");
  cache(3, 1, "2", "Unified", "1024K", "3");
  const Machine m = machine();
  EXPECT_THAT(lists(m, Level::l1d), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(lists(m, Level::l2), ElementsAre("0-1", "2", "3"));
}

TEST_F(ReadMachine, UnequalSizesAreEachTheirOwn) {
  online("0-1");
  cache(0, 0, "3", "Unified", "32768K", "0");
  cache(1, 0, "3", "Unified", "98304K", "1");
  const Machine m = machine();
  EXPECT_EQ(m.objects(Level::l3)[0].size, 32U << 20U);
  EXPECT_EQ(m.objects(Level::l3)[1].size, 96U << 20U);
}

TEST_F(ReadMachine, KindsAreTheHybridPmusFirst) {
  online("0-5");
  file("sys/devices/cpu_core/cpus", "0-1");
  file("sys/devices/cpu_atom/cpus", "2-5");
  for (unsigned cpu = 0; cpu < 6; ++cpu)
    cpu_file(cpu, "acpi_cppc/nominal_perf", std::to_string(10 + cpu));
  const Machine m = machine();
  ASSERT_EQ(m.kinds().size(), 2U);
  EXPECT_EQ(m.kinds()[0].name, "E");
  EXPECT_EQ(m.kinds()[0].cpus, cpus("2-5"));
  EXPECT_EQ(m.kinds()[1].name, "P");
  EXPECT_EQ(m.kinds()[1].cpus, cpus("0-1"));
}

TEST_F(ReadMachine, KindsAreCapacitiesWhereTheKernelTellsThem) {
  online("0-5");
  const unsigned capacities[] = {446, 446, 446, 871, 871, 1024};
  for (unsigned cpu = 0; cpu < 6; ++cpu)
    cpu_file(cpu, "cpu_capacity", std::to_string(capacities[cpu]));
  const Machine m = machine();
  ASSERT_EQ(m.kinds().size(), 3U);
  EXPECT_EQ(m.kinds()[0].capacity, 446U);
  EXPECT_EQ(m.kinds()[0].name, "E");
  EXPECT_EQ(m.kinds()[1].name, "");
  EXPECT_EQ(m.kinds()[2].cpus, cpus("5"));
  EXPECT_EQ(m.kinds()[2].name, "P");
}

TEST_F(ReadMachine, FavouredCoresAreNoKindOfTheirOwn) {
  online("0-3");
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    cpu_file(cpu, "acpi_cppc/highest_perf", std::to_string(166 + cpu));
    cpu_file(cpu, "acpi_cppc/nominal_perf", "120");
  }
  EXPECT_EQ(machine().kinds().size(), 1U);
}

TEST_F(ReadMachine, ListsThatAreNotThereAreMadeOfFolders) {
  for (unsigned cpu = 0; cpu < 4; ++cpu)
    cpu_file(cpu, "topology/thread_siblings", cpu < 2 ? "3" : "c");
  cpu_file(1, "online", "0");
  const Machine m = machine();
  EXPECT_EQ(m.online(), cpus("0,2-3"));
  EXPECT_EQ(m.possible(), cpus("0-3"));
  EXPECT_THAT(lists(m, Level::core), ElementsAre("0", "2-3"));
}

TEST_F(ReadMachine, NohzFullThatIsNullIsNobody) {
  online("0-3");
  file("sys/devices/system/cpu/nohz_full", "(null)");
  file("sys/devices/system/cpu/isolated", "2");
  EXPECT_EQ(machine().nohz_full(), CpuSet());
  EXPECT_EQ(machine().isolated(), cpus("2"));
}

TEST_F(ReadMachine, NodesMayHaveHolesAndNoCpus) {
  online("0-3");
  file("sys/devices/system/node/online", "0,8,252");
  file("sys/devices/system/node/node0/cpulist", "0-1");
  file("sys/devices/system/node/node8/cpulist", "2-3");
  file("sys/devices/system/node/node252/cpulist", "");
  file("sys/devices/system/node/node252/meminfo", "Node 252 MemTotal:       1024 kB");
  file("sys/devices/system/node/node0/distance", "10 40 80");
  file("sys/devices/system/node/node8/distance", "40 10 80");
  file("sys/devices/system/node/node252/distance", "80 80 10");
  const Machine m = machine();
  EXPECT_THAT(lists(m, Level::node), ElementsAre("0-1", "2-3", ""));
  EXPECT_EQ(m.objects(Level::node)[2].id, 252U);
  EXPECT_EQ(m.objects(Level::node)[2].size, 1U << 20U);
  EXPECT_EQ(m.distance(1, 0), 40U);
  EXPECT_EQ(m.distance(1, 2), 80U);
  EXPECT_EQ(m.distance(1, 3), std::nullopt);
}

TEST_F(ReadMachine, LinksDoNotLeadOutOfTheCopy) {
  fs::create_directories(root_ + "/sys/devices/system");
  fs::create_directory_symlink("/sys/devices/system/cpu", root_ + "/sys/devices/system/cpu");
  EXPECT_FALSE(Machine::open(root_)) << "it has read this host";
  fs::remove(root_ + "/sys/devices/system/cpu");
  online("0-1");
  file("elsewhere/list", "0-1");
  cpu_file(0, "topology/core_id", "0");
  fs::create_symlink("../../../../../../elsewhere/list",
                     root_ + "/sys/devices/system/cpu/cpu0/topology/core_cpus_list");
  EXPECT_THAT(lists(machine(), Level::core), ElementsAre("0-1")) << "inside, links are followed";
}

TEST_F(ReadMachine, ListTooLongToBeReadIsNotTakenForHalfOfIt) {
  online("0-3");
  std::string list = "0-01";  // so that the cut would fall between two items
  while (list.size() < 70'000)
    list += ",0-1";
  cpu_file(0, "topology/package_cpus_list", list + ",2-3");
  EXPECT_THAT(machine().objects(Level::package), IsEmpty());
}

TEST_F(ReadMachine, OnlyWhatIsWantedIsRead) {
  online("0-1");
  cpu_file(0, "topology/package_cpus_list", "0-1");
  cache(0, 0, "3", "Unified", "8192K", "0-1");
  MachineParts parts;
  parts.add(Level::package);
  const auto m = open_machine(root_, parts);
  ASSERT_TRUE(m);
  EXPECT_THAT(lists(*m, Level::package), ElementsAre("0-1"));
  EXPECT_THAT(m->objects(Level::l3), IsEmpty());
}

// Cpusets

class ReadCpuset : public ReadMachine {
 protected:
  void v2() const {
    online("0-7");
    file("proc/self/mountinfo", "31 22 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
    file("sys/fs/cgroup/cpuset.cpus.effective", "0-7");
  }
};

TEST_F(ReadCpuset, AllowsWhatTheCgroupLeaves) {
  v2();
  file("proc/self/cgroup", "0::/box");
  file("sys/fs/cgroup/box/cpuset.cpus.effective", "2-3");
  const Machine m = machine();
  EXPECT_EQ(m.allowed(), cpus("2-3"));
  EXPECT_EQ(m.limits().cpuset->cgroup, "/box");
  EXPECT_EQ(m.limits().cpuset->file, "/sys/fs/cgroup/box/cpuset.cpus.effective");
}

TEST_F(ReadCpuset, NamesTheAncestorThatNarrows) {
  v2();
  file("proc/self/cgroup", "0::/slice/pod/container");
  file("sys/fs/cgroup/slice/cpuset.cpus.effective", "0-3");
  file("sys/fs/cgroup/slice/pod/cpuset.cpus.effective", "0-3");
  file("sys/fs/cgroup/slice/pod/container/cpuset.cpus.effective", "0-3");
  EXPECT_EQ(machine().limits().cpuset->cgroup, "/slice");
  file("sys/fs/cgroup/slice/pod/cpuset.cpus.effective", "1");
  file("sys/fs/cgroup/slice/pod/container/cpuset.cpus.effective", "1");
  EXPECT_EQ(machine().limits().cpuset->cgroup, "/slice/pod");
}

TEST_F(ReadCpuset, IsThatOfTheNearestCgroupThatHasTheController) {
  v2();
  file("proc/self/cgroup", "0::/slice/unit");
  file("sys/fs/cgroup/slice/cpuset.cpus.effective", "4-5");
  fs::create_directories(root_ + "/sys/fs/cgroup/slice/unit");
  EXPECT_EQ(machine().allowed(), cpus("4-5"));
  EXPECT_EQ(machine().limits().cpuset->cgroup, "/slice");
}

TEST_F(ReadCpuset, FollowsMountsOfAPartOfTheHierarchy) {
  online("0-7");
  file("proc/self/mountinfo",
       "34 25 0:31 /docker/9f3c /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset");
  file("proc/self/cgroup", "11:cpuset:/docker/9f3c/worker");
  file("sys/fs/cgroup/cpuset/cpuset.cpus", "0-3");
  file("sys/fs/cgroup/cpuset/worker/cpuset.cpus", "0-1");
  EXPECT_EQ(machine().allowed(), cpus("0-1"));
  EXPECT_EQ(machine().limits().cpuset->cgroup, "/docker/9f3c/worker");
  file("sys/fs/cgroup/cpuset/worker/cpuset.cpus", "0-3");
  EXPECT_EQ(machine().limits().cpuset->cgroup, "/docker/9f3c");
}

TEST_F(ReadCpuset, KnowsTheFilesOfOldMounts) {
  online("0-7");
  file("proc/mounts", "none /dev/cpuset cpuset rw 0 0");
  file("proc/self/cpuset", "/batch");
  file("dev/cpuset/batch/cpus", "6-7");
  EXPECT_EQ(machine().allowed(), cpus("6-7"));
}

TEST_F(ReadCpuset, PartitionsThatAreIsolatedAreIsolated) {
  v2();
  file("proc/self/cgroup", "0::/");
  file("sys/fs/cgroup/a/cpuset.cpus.partition", "root");
  file("sys/fs/cgroup/a/in/cpuset.cpus.partition", "isolated");
  file("sys/fs/cgroup/a/in/cpuset.cpus.effective", "2");
  file("sys/fs/cgroup/b/cpuset.cpus.partition", "isolated");
  file("sys/fs/cgroup/b/cpuset.cpus.effective", "4-5");
  file("sys/fs/cgroup/c/cpuset.cpus.partition", "isolated invalid (Cpu list not exclusive)");
  file("sys/fs/cgroup/c/cpuset.cpus.effective", "6");
  file("sys/fs/cgroup/d/cpuset.cpus.partition", "member");
  file("sys/fs/cgroup/d/cpuset.cpus.effective", "7");
  EXPECT_EQ(machine().isolated(), cpus("2,4-5"));
  // Newer kernels say it at the root.
  file("sys/fs/cgroup/cpuset.cpus.isolated", "4");
  EXPECT_EQ(machine().isolated(), cpus("4"));
}

class ReadPartitions : public ReadCpuset {
 protected:
  void partition(const std::string& cgroup, const char* kind, const char* list) const {
    file("sys/fs/cgroup" + cgroup + "/cpuset.cpus.partition", kind);
    file("sys/fs/cgroup" + cgroup + "/cpuset.cpus.effective", list);
  }

  // "/a 2-3", an isolated one with an exclamation mark.
  [[nodiscard]] std::vector<std::string> found() const {
    const Root root = Root::copy(root_).value();
    Mounts mounts(root);
    std::vector<std::string> lines;
    for (const Partition& partition : read_partitions(root, mounts)) {
      EXPECT_EQ(partition.file, "/sys/fs/cgroup" + partition.cgroup + "/cpuset.cpus.partition");
      lines.push_back(partition.cgroup + (partition.isolated ? "! " : " ") +
                      to_cpu_list(partition.cpus));
    }
    return lines;
  }
};

TEST_F(ReadPartitions, AnOuterOneHasWhatItsInnerOnesHave) {
  v2();
  partition("/a", "root", "4");
  partition("/a/in", "isolated", "2");
  partition("/b", "isolated", "5-6");
  partition("/c", "isolated invalid (Cpu list not exclusive)", "7");
  partition("/d", "member", "0-1");
  EXPECT_THAT(found(), ElementsAre("/a 2,4", "/a/in! 2", "/b! 5-6"));
}

TEST_F(ReadPartitions, NewKernelsHaveThemBelowMembersToo) {
  v2();
  partition("/slice", "member", "0-5");
  partition("/slice/rt", "root", "6-7");
  EXPECT_THAT(found(), IsEmpty());
  file("sys/fs/cgroup/cpuset.cpus.isolated", "");
  EXPECT_THAT(found(), ElementsAre("/slice/rt 6-7"));
}

TEST_F(ReadPartitions, ThereAreNoneInV1) {
  online("0-7");
  file("proc/self/mountinfo", "34 25 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset");
  EXPECT_THAT(found(), IsEmpty());
}

// "/a/b 0-1 of 0-3": what is left of what was given.
class ReadCpusets : public ReadCpuset {
 protected:
  [[nodiscard]] std::vector<std::string> found(const char* cgroup) const {
    const Root root = Root::copy(root_).value();
    Mounts mounts(root);
    std::vector<std::string> lines;
    for (const CpusetLevel& level : read_cpusets(root, mounts, cgroup)) {
      lines.push_back(level.limit.cgroup + ' ' + to_cpu_list(level.limit.cpus) + " of " +
                      to_cpu_list(level.given) + (level.given_file.empty() ? "all" : ""));
    }
    return lines;
  }
};

TEST_F(ReadCpusets, AreThoseFromTheTasksOwnToTheRoot) {
  v2();
  file("sys/fs/cgroup/a/cpuset.cpus", "0-3");
  file("sys/fs/cgroup/a/cpuset.cpus.effective", "0-3");
  file("sys/fs/cgroup/a/b/cpuset.cpus", "");
  file("sys/fs/cgroup/a/b/cpuset.cpus.effective", "0-3");
  EXPECT_THAT(found("0::/a/b/without"),
              ElementsAre("/a/b 0-3 of ", "/a 0-3 of 0-3", "/ 0-7 of all"));
  EXPECT_THAT(found("0::/elsewhere"), ElementsAre("/ 0-7 of all"));
}

TEST_F(ReadCpusets, OfV1AreWhatWasGiven) {
  online("0-7");
  file("proc/self/mountinfo",
       "34 25 0:31 /docker /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset");
  file("sys/fs/cgroup/cpuset/cpuset.cpus", "0-3");
  file("sys/fs/cgroup/cpuset/cpuset.effective_cpus", "0-2");
  file("sys/fs/cgroup/cpuset/x/cpus", "1");
  EXPECT_THAT(found("11:cpuset:/docker/x"), ElementsAre("/docker/x 1 of 1", "/docker 0-2 of 0-3"));
}

TEST_F(ReadMachine, OnSomeArm64MachinesSomeCpusRun32BitPrograms) {
  online("0-7");
  const auto able = [&] {
    const Root root = Root::copy(root_).value();
    Mounts mounts(root);
    return read_system_cpus(root, mounts)->aarch32;
  };
  EXPECT_EQ(able(), std::nullopt);
  file("sys/devices/system/cpu/aarch32_el0", "0-3");
  EXPECT_EQ(able(), cpus("0-3"));
}

// Devices

TEST_F(ReadMachine, DevicesAreNearTheCpusOfWhatTheyHangOn) {
  online("0-7");
  const std::string pci = "sys/devices/pci0000:00/0000:00:1c.0/0000:3b:00.0";
  file(pci + "/local_cpulist", "4-7");
  file(pci + "/net/eth0/address", "00:00");
  file(pci + "/nvme/nvme0/nvme0n1/size", "1");
  fs::create_directories(root_ + "/sys/class/net");
  fs::create_directories(root_ + "/sys/class/block");
  fs::create_directories(root_ + "/sys/bus/pci/devices");
  fs::create_directory_symlink("../../devices/pci0000:00/0000:00:1c.0/0000:3b:00.0/net/eth0",
                               root_ + "/sys/class/net/eth0");
  fs::create_directory_symlink(
      "../../devices/pci0000:00/0000:00:1c.0/0000:3b:00.0/nvme/nvme0/nvme0n1",
      root_ + "/sys/class/block/nvme0n1");
  fs::create_directory_symlink("../../../devices/pci0000:00/0000:00:1c.0/0000:3b:00.0",
                               root_ + "/sys/bus/pci/devices/0000:3b:00.0");
  const Machine m = machine();
  EXPECT_EQ(m.near("eth0").value(), cpus("4-7"));
  EXPECT_EQ(m.near("nvme0n1").value(), cpus("4-7"));
  EXPECT_EQ(m.near("0000:3b:00.0").value(), cpus("4-7"));
  EXPECT_EQ(m.near("3b:00.0").value(), cpus("4-7"));

  // A bond is where its parts are.
  file("sys/devices/virtual/net/bond0/mtu", "1500");
  fs::create_directory_symlink("../../../pci0000:00/0000:00:1c.0/0000:3b:00.0/net/eth0",
                               root_ + "/sys/devices/virtual/net/bond0/lower_eth0");
  fs::create_directory_symlink("../../devices/virtual/net/bond0", root_ + "/sys/class/net/bond0");
  EXPECT_EQ(m.near("bond0").value(), cpus("4-7"));
}

TEST_F(ReadMachine, DeviceThatIsNotThereOrNowhereSaysSo) {
  online("0-7");
  file("sys/devices/virtual/net/lo/mtu", "1500");
  fs::create_directories(root_ + "/sys/class/net");
  fs::create_directory_symlink("../../devices/virtual/net/lo", root_ + "/sys/class/net/lo");
  fs::create_directory_symlink("../../devices/virtual/net/lo", root_ + "/sys/class/net/eth0");
  const Machine m = machine();
  EXPECT_THAT(m.near("lo").error().reason, HasSubstr("lo is near no CPU"));
  EXPECT_THAT(m.near("eth1").error().reason, HasSubstr("did you mean eth0?"));
  for (const char* name : {"", "..", "../../../etc", "a/b"})
    EXPECT_FALSE(m.near(name)) << name;
}

}  // namespace
}  // namespace pinfold

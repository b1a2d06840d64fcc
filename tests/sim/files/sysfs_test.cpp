#include "sim/files/sysfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "same_machine.h"
#include "shown.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::test {
using namespace sim;
namespace {

using ::testing::HasSubstr;

const std::string cpu_folder = "sys/devices/system/cpu/";
const std::string node_folder = "sys/devices/system/node/";

Machine read_back(const Machine& machine, Architecture architecture = own_architecture()) {
  const Shown shown(machine_files(machine, architecture));
  auto read = Machine::open(shown.path());
  if (!read) throw std::runtime_error(message(read.error()));
  return *read;
}

TEST(MachineFiles, TellOfTheMachineThatTheyWereMadeOf) {
  for (const char* text : {
           "pu:1",
           "pack:2 core:4 pu:2",
           "core:4 pu:2",
           "numa:3 pu:2",
           "pack:2 numa:2 l3:2(size=32MiB) l2:2(size=1MiB) l1d:1(size=48KiB) core:2 pu:2",
           "pack:2(indexes=3,1) die:2 l3:1 cluster:2 l2:1 core:2 pu:2(indexes=core:pack)",
           "pack:1 die:2 cluster:4 core:1 pu:1",
           "pack:2 [numa(memory=4GiB)] core:2 [numa] [numa(memory=1GiB)] pu:1",
           "pack:2 numa:2(indexes=8,3,5,0) core:2 pu:1",
           "group:2 group:2 pack:2 core:2 pu:2(indexes=2*16:1*2)",
           "group:2 pack:2 core:4 pu:1(indexes=2*8:1*2)",
           "pack:2 core:8 pu:2;isolated=6-7;nohz_full=6-7;offline=3,8-15;present=0-35;possible=48",
           "pack:2 core:8 pu:1;offline=0-8;possible=4096",
           "pu:4(indexes=0,64,1000,2)",
           "pack:2 l3:2(size=1kB) core:3 pu:1",
       }) {
    const Machine machine = described(text);
    for (const Architecture architecture :
         {Architecture::x86, Architecture::arm64, Architecture::other}) {
      SCOPED_TRACE(text);
      expect_same_machine(read_back(machine, architecture), machine);
    }
  }
}

TEST(MachineFiles, TellOf4096Cpus) {
  const Machine machine =
      described("pack:8 numa:2 l3:8(size=32MiB) l2:16(size=1MiB) l1d:1(size=32KiB) core:1 pu:2");
  expect_same_machine(read_back(machine), machine);
}

MachineFacts hybrid(std::optional<unsigned> slow, std::optional<unsigned> fast) {
  auto facts = make_machine().packages(1).l3s(1).cores(6).smt(2).efficiency_cores(8).facts();
  facts.kinds[0].capacity = slow;
  facts.kinds[1].capacity = fast;
  return facts;
}

TEST(MachineFiles, TellOfKinds) {
  const Machine by_capacity(hybrid(446, 1024));
  expect_same_machine(read_back(by_capacity), by_capacity);
  const Machine by_performance(hybrid(1600, 2700));
  expect_same_machine(read_back(by_performance), by_performance);
  const Machine by_pmu(hybrid({}, {}));
  expect_same_machine(read_back(by_pmu), by_pmu);
  const Machine of_one_capacity(hybrid(1024, 1024));
  expect_same_machine(read_back(of_one_capacity), of_one_capacity);
}

TEST(MachineFiles, ShowTheFoldersOfHybridX86) {
  const Shown shown(machine_files(Machine(hybrid({}, {}))));
  EXPECT_EQ(shown.read("sys/devices/cpu_core/cpus"), "0-11\n");
  EXPECT_EQ(shown.read("sys/devices/cpu_atom/cpus"), "12-19\n");
}

TEST(MachineFiles, AreWrittenAsTheKernelWritesThem) {
  const Shown shown(machine_files(described("pack:2 numa:1(memory=8GiB) l3:1(size=32MiB) "
                                            "l2:2(size=1MiB) l1d:1(size=32KiB) core:1 pu:2;"
                                            "isolated=6-7;offline=3;possible=40"),
                                  Architecture::x86));
  const auto cpu = [&](const char* file) { return shown.read(cpu_folder + file); };
  EXPECT_EQ(cpu("online"), "0-2,4-7\n");
  EXPECT_EQ(cpu("offline"), "3,8-39\n");
  EXPECT_EQ(cpu("possible"), "0-39\n");
  EXPECT_EQ(cpu("present"), "0-7\n");
  EXPECT_EQ(cpu("isolated"), "6-7\n");
  EXPECT_EQ(cpu("nohz_full"), "(null)\n");
  EXPECT_EQ(cpu("kernel_max"), "8191\n");
  EXPECT_EQ(cpu("uevent"), "");
  EXPECT_EQ(cpu("smt/active"), "1\n");
  EXPECT_EQ(cpu("smt/control"), "on\n");
  EXPECT_EQ(cpu("cpu5/topology/core_cpus"), "00,00000030\n");
  EXPECT_EQ(cpu("cpu5/topology/thread_siblings_list"), "4-5\n");
  EXPECT_EQ(cpu("cpu5/topology/package_cpus"), "00,000000f0\n");
  EXPECT_EQ(cpu("cpu5/topology/physical_package_id"), "1\n");
  EXPECT_EQ(cpu("cpu5/topology/core_id"), "0\n");
  EXPECT_EQ(cpu("cpu7/topology/core_id"), "1\n");
  EXPECT_EQ(cpu("cpu2/topology/core_cpus_list"), "2\n");
  EXPECT_EQ(cpu("cpu0/cache/index0/type"), "Data\n");
  EXPECT_EQ(cpu("cpu0/cache/index1/type"), "Instruction\n");
  EXPECT_EQ(cpu("cpu0/cache/index0/size"), "32K\n");
  EXPECT_EQ(cpu("cpu0/cache/index0/number_of_sets"), "64\n");
  EXPECT_EQ(cpu("cpu0/cache/index0/ways_of_associativity"), "8\n");
  EXPECT_EQ(cpu("cpu0/cache/index0/coherency_line_size"), "64\n");
  EXPECT_EQ(cpu("cpu4/cache/index3/shared_cpu_map"), "00,000000f0\n");
  EXPECT_EQ(cpu("cpu4/cache/index3/level"), "3\n");
  EXPECT_EQ(cpu("cpu4/cache/index3/id"), "1\n");
  EXPECT_EQ(shown.link(cpu_folder + "cpu4/node1"), "../../node/node1");
  EXPECT_EQ(shown.link("sys/bus/cpu/devices/cpu4"), "../../../devices/system/cpu/cpu4");
  const auto node = [&](const char* file) { return shown.read(node_folder + file); };
  EXPECT_EQ(node("online"), "0-1\n");
  EXPECT_EQ(node("has_cpu"), "0-1\n");
  EXPECT_EQ(node("has_memory"), "0-1\n");
  EXPECT_EQ(node("node1/cpulist"), "4-7\n");
  EXPECT_EQ(node("node1/cpumap"), "00,000000f0\n");
  EXPECT_EQ(node("node1/distance"), "20 10\n");
  EXPECT_THAT(node("node1/meminfo"), HasSubstr("Node 1 MemTotal:        8388608 kB\n"));
  EXPECT_THAT(node("node1/meminfo"), HasSubstr("Node 1 HugePages_Total:     0\n"));
  EXPECT_EQ(shown.link(node_folder + "node0/cpu2"), "../../cpu/cpu2");
  EXPECT_EQ(shown.link("sys/bus/node/devices/node1"), "../../../devices/system/node/node1");
}

TEST(MachineFiles, KnowNothingMoreOfACpuThatIsOffline) {
  const Shown shown(
      machine_files(described("pack:1 l3:1 core:4 pu:1;offline=2;possible=8"), Architecture::x86));
  EXPECT_EQ(shown.read(cpu_folder + "cpu2/online"), "0\n");
  EXPECT_EQ(shown.read(cpu_folder + "cpu3/online"), "1\n");
  EXPECT_FALSE(shown.has(cpu_folder + "cpu2/topology"));
  EXPECT_FALSE(shown.has(cpu_folder + "cpu2/cache"));
  EXPECT_FALSE(shown.has(cpu_folder + "cpu2/node0"));
  EXPECT_FALSE(shown.has(cpu_folder + "cpu4"));
  EXPECT_FALSE(shown.has(cpu_folder + "cpu0/online"));
  EXPECT_EQ(shown.read(cpu_folder + "cpu3/topology/package_cpus_list"), "0-1,3\n");
}

TEST(MachineFiles, GiveMemoryToNodesOfWhichNoneIsKnown) {
  const Machine machine = read_back(described("numa:2 pu:2"));
  EXPECT_EQ(machine.objects(Level::node)[1].size, 1U << 30U);
  const Shown shown(machine_files(described("pack:2 [numa(memory=4GiB)] core:1 [numa] pu:2")));
  EXPECT_EQ(shown.read(node_folder + "has_memory"), "1,3\n");
  EXPECT_EQ(shown.read(node_folder + "has_cpu"), "0,2\n");
}

TEST(MachineFiles, HaveOneProcessorInCpuinfoForEachThatIsOnline) {
  const Machine machine = described("pack:2 core:2 pu:2;offline=1");
  const std::string x86 = cpuinfo_of(machine, Architecture::x86);
  EXPECT_THAT(x86, HasSubstr("processor\t: 7\n"));
  EXPECT_THAT(x86, HasSubstr("siblings\t: 3\n"));
  EXPECT_THAT(x86, HasSubstr("core id\t\t: 1\ncpu cores\t: 2\n"));
  EXPECT_THAT(x86, testing::Not(HasSubstr("processor\t: 1\n")));
  EXPECT_TRUE(x86.ends_with("\n\n"));
  const std::string arm64 = cpuinfo_of(machine, Architecture::arm64);
  EXPECT_THAT(arm64, HasSubstr("processor\t: 7\nBogoMIPS\t: 50.00\n"));
}

// Levels inside one another, as descriptions have them, with limits.
std::string any_description() {
  std::string text;
  unsigned cpus = 1;
  for (const char* level : {"pack", "numa", "die", "l3", "cluster", "l2", "l1d", "core", "pu"}) {
    if (level != std::string("pu") && !*rc::gen::arbitrary<bool>()) continue;
    const auto count = *rc::gen::inRange(1U, 4U);
    if (cpus * count > 300) continue;
    cpus *= count;
    text.append(level).append(":").append(std::to_string(count));
    if (level[0] == 'l' && *rc::gen::arbitrary<bool>())
      text.append("(size=").append(std::to_string(*rc::gen::inRange(1U, 100000U))).append("KiB)");
    text += ' ';
  }
  if (!text.contains("pu:")) text += "pu:1";
  const auto some = [&](const char* limit) {
    if (!*rc::gen::arbitrary<bool>()) return;
    text.append(";").append(limit).append("=").append(std::to_string(*rc::gen::inRange(0U, cpus)));
  };
  some("isolated");
  some("nohz_full");
  if (cpus > 1) some("offline");
  if (*rc::gen::arbitrary<bool>())
    text.append(";possible=").append(std::to_string(*rc::gen::inRange(cpus, 3 * cpus + 1)));
  return text;
}

RC_GTEST_PROP(MachineFiles, TellOfAnyMachine, ()) {
  const std::string text = any_description();
  RC_LOG() << text << '\n';
  const Machine machine = described(text);
  expect_same_machine(read_back(machine), machine);
  RC_ASSERT(!testing::Test::HasFailure());
}

}  // namespace
}  // namespace pinfold::test

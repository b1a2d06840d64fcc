// hwloc's programs, on machines that are described and on copies of real ones.
#include "support/hwloc.h"

#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>

#include "programs/simulated.h"

namespace pinfold::test {
namespace {

// Its component for x86 asks the processor under us, whom no one can simulate.
constexpr const char* without_cpuid = "HWLOC_COMPONENTS=-x86";

class Hwloc : public Simulated {
 protected:
  void SetUp() override {
    Simulated::SetUp();
    if (!IsSkipped() && !has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
  }

  [[nodiscard]] std::string said(std::vector<std::string> command) const {
    std::string text = answer(std::move(command), {without_cpuid});
    while (text.ends_with('\n'))
      text.pop_back();
    return text;
  }
};

INSTANTIATE_TEST_SUITE_P(Machines, Hwloc, testing::ValuesIn(machines::all), machine_name);

TEST_P(Hwloc, LstopoSeesEveryLevel) {
  auto launcher = simulated(text(), {});
  launcher.insert(launcher.begin(), {"env", without_cpuid});
  expect_same_levels(machine(), read_hwloc({}, launcher));
}

// Of what its cpuset allows; the rest hwloc leaves out.
TEST_P(Hwloc, CalcCountsCoresAndCpus) {
  NEEDS("hwloc-calc");
  std::vector<CpuSet> cores;
  for (const Object& core : machine().objects(Level::core)) {
    if (core.cpus.intersects(machine().allowed())) cores.push_back(core.cpus & machine().allowed());
  }
  EXPECT_EQ(said({"hwloc-calc", "--number-of", "core", "all"}), std::to_string(cores.size()));
  EXPECT_EQ(said({"hwloc-calc", "--number-of", "pu", "all"}),
            std::to_string(machine().allowed().count()));
  const std::string last = "core:" + std::to_string(cores.size() - 1);
  EXPECT_EQ(cpus(said({"hwloc-calc", "--physical-output", "--intersect", "pu", last}).c_str()),
            cores.back());
}

TEST_P(Hwloc, BindGetsTheMaskAndSetsIt) {
  NEEDS("hwloc-bind");
  const auto mask = [&](std::vector<std::string> command) {
    const std::string bits = said(std::move(command));
    return said({"hwloc-calc", "--physical", "--intersect", "pu", bits});
  };
  EXPECT_EQ(cpus(mask({"hwloc-bind", "--get"}).c_str()), own_mask());
  const std::string last = std::to_string(highest(own_mask()).value());
  EXPECT_EQ(mask({"hwloc-bind", "--physical", "pu:" + last, "--", "hwloc-bind", "--get"}), last);
}

class SnapshotInside : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Machines, SnapshotInside, testing::ValuesIn(snapshot_archives()),
                         snapshot_name);

// Where it does not, and why.
struct Difference {
  const char* snapshot;
  const char* reason;
};
constexpr Difference differences[] = {
    {"20s390-2g6s4c", "hwloc looks for books and drawers where the kernel is that of an s390x"},
    {"2arm-2c", "it has no NUMA nodes: its memory is in /proc/meminfo, which is this machine's"},
    {"16amd64-8n2c-cpusets", "who made the copy had some of the memory nodes, a command has all"},
    {"32amd64-4s2n4c-cgroup2", "who made the copy had some of the memory nodes, a command has all"},
};

TEST_P(SnapshotInside, LstopoDrawsTheSameAsFromTheSnapshot) {
  if (GetParam().empty()) GTEST_SKIP() << "no machines in ../shared/machines";
  for (const Difference& known : differences) {
    if (GetParam().find(known.snapshot) != std::string::npos) GTEST_SKIP() << known.reason;
  }
  if (!has_hwloc()) GTEST_SKIP() << "no lstopo-no-graphics here";
  if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  const Snapshot snapshot(GetParam());
  const std::vector<std::string> lstopo = {"lstopo-no-graphics", "--no-io", "--of", "console"};
  const Output theirs = run_child(lstopo, {.environment = {without_cpuid, "HWLOC_THISSYSTEM=0",
                                                           "HWLOC_FSROOT=" + snapshot.root()}});
  ASSERT_EQ(theirs.exit, 0) << theirs.err;
  const Output inside =
      run_child(simulated(snapshot.root(), lstopo), {.environment = {without_cpuid}});
  EXPECT_EQ(inside.exit, 0) << inside.err;
  EXPECT_EQ(inside.out, theirs.out);
}

}  // namespace
}  // namespace pinfold::test

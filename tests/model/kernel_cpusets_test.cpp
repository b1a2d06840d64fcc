// Cpusets and partitions as ModelKernel tells of them.
#include <cerrno>

#include "model/seen_by.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ModelCpusets : public SeenBy {
 protected:
  CpusetLimit limit() { return kernel().cpuset(Tid())->value(); }
  std::vector<std::string> files() {
    std::vector<std::string> files;
    const auto levels = kernel().cpusets(Tid()).value();
    for (const CpusetLevel& level : levels)
      files.push_back(level.limit.file);
    return files;
  }
  std::vector<std::string> partitions() {
    std::vector<std::string> all;
    const auto found = kernel().partitions().value();
    for (const Partition& one : found) {
      all.push_back(one.cgroup + ' ' + to_cpu_list(one.cpus) + (one.isolated ? " isolated" : ""));
    }
    return all;
  }
};

TEST_F(ModelCpusets, LimitIsThatOfTheCgroupFarthestUpThatAllowsNoMore) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cgroup.subtree_control", "+cpuset");
  write("/a", "cpuset.cpus", "0-3");
  make("/a/b");
  write("/a/b", "cgroup.subtree_control", "+cpuset");
  make("/a/b/c");
  move(caller(), "/a/b/c");
  EXPECT_EQ(limit().cgroup, "/a");
  EXPECT_EQ(limit().file, "/sys/fs/cgroup/a/cpuset.cpus.effective");
  EXPECT_EQ(limit().cpus, cpus("0-3"));
  write("/a/b/c", "cpuset.cpus", "2-6");
  EXPECT_EQ(limit().cgroup, "/a/b/c");
  EXPECT_EQ(limit().cpus, cpus("2-3"));
}

TEST_F(ModelCpusets, RootLimitsWhereNobodyElseDoes) {
  EXPECT_EQ(limit().cgroup, "/");
  EXPECT_EQ(limit().file, "/sys/fs/cgroup/cpuset.cpus.effective");
  ASSERT_EQ(system().take_offline(CpuId(7)), 0);
  EXPECT_EQ(limit().cpus, cpus("0-6"));
}

TEST_F(ModelCpusets, CgroupWithoutACpusetHasThatAboveIt) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.cpus", "4-5");
  make("/a/b");
  move(caller(), "/a/b");
  EXPECT_EQ(limit().cgroup, "/a");
  EXPECT_EQ(kernel().cgroups(Tid()).value().front(), "/a/b");
  EXPECT_THAT(files(), ElementsAre("/sys/fs/cgroup/a/cpuset.cpus.effective",
                                   "/sys/fs/cgroup/cpuset.cpus.effective"));
}

TEST_F(ModelCpusets, LevelsTellWhatWasGiven) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.cpus", "4-5");
  move(caller(), "/a");
  ASSERT_EQ(system().take_offline(CpuId(5)), 0);
  const auto levels = kernel().cpusets(Tid()).value();
  ASSERT_EQ(levels.size(), 2U);
  EXPECT_EQ(levels[0].given, cpus("4-5"));
  EXPECT_EQ(levels[0].given_file, "/sys/fs/cgroup/a/cpuset.cpus");
  EXPECT_EQ(levels[0].limit.cpus, cpus("4"));
  EXPECT_EQ(levels[1].given_file, "") << "the root has all";
}

TEST_F(ModelCpusets, FilesOfV1AreInItsOwnHierarchy) {
  boot("pu:4", "6.18", model::Hierarchy::v1);
  make("/a");
  write("/a", "cpuset.cpus", "1-2");
  write("/a", "cpuset.mems", "0");
  move(caller(), "/a");
  EXPECT_EQ(limit().file, "/sys/fs/cgroup/cpuset/a/cpuset.effective_cpus");
  EXPECT_EQ(limit().cpus, cpus("1-2"));
  const auto levels = kernel().cpusets(Tid()).value();
  EXPECT_EQ(levels.back().given_file, "/sys/fs/cgroup/cpuset/cpuset.cpus");
  EXPECT_THAT(partitions(), IsEmpty());
}

TEST_F(ModelCpusets, NothingWhereTheSystemHasNone) {
  boot("pu:4", "6.18", model::Hierarchy::none);
  EXPECT_EQ(kernel().cpuset(Tid()).value().has_value(), false);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(kernel().cgroups(Tid()).value(), IsEmpty());
}

// Cgroups that are gone

TEST_F(ModelCpusets, ZombieKeepsTheRemovedCgroupsItStandsIn) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  make("/a/b");
  write("/a", "cpuset.cpus", "4-5");
  const model::Task& task = fork(caller());
  move(task, "/a/b");
  system().exit(*task.process);
  ASSERT_EQ(system().remove_cgroup("/a/b"), 0);
  ASSERT_EQ(system().remove_cgroup("/a"), 0);
  EXPECT_THAT(kernel().cgroups(task.tid()).value(), ElementsAre("/a/b (deleted)"));
  EXPECT_EQ(kernel().cpuset(task.tid()).value()->cgroup, "/");
  EXPECT_TRUE(kernel().set_affinity(task.tid(), cpus("4")));
  system().reap(*task.process);
}

TEST_F(ModelCpusets, ZombieOfV1IsShownInTheRoot) {
  boot("pu:4", "6.18", model::Hierarchy::v1);
  make("/a");
  write("/a", "cpuset.cpus", "1-2");
  write("/a", "cpuset.mems", "0");
  const model::Task& task = fork(caller());
  move(task, "/a");
  system().exit(*task.process);
  EXPECT_THAT(kernel().cgroups(task.tid()).value(), ElementsAre("/"));
}

// Partitions

TEST_F(ModelCpusets, PartitionHasTheCpusOfThoseInsideItToo) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.cpus", "4-7");
  write("/a", "cpuset.cpus.partition", "root");
  write("/a", "cgroup.subtree_control", "+cpuset");
  make("/a/b");
  write("/a/b", "cpuset.cpus", "6-7");
  write("/a/b", "cpuset.cpus.partition", "isolated");
  EXPECT_THAT(partitions(), ElementsAre("/a 4-7", "/a/b 6-7 isolated"));
  EXPECT_EQ(kernel().cpus()->isolated, cpus("6-7"));
  EXPECT_EQ(kernel().cpus()->isolcpus, CpuSet());
  EXPECT_EQ(kernel().partitions()->front().file, "/sys/fs/cgroup/a/cpuset.cpus.partition");
}

TEST_F(ModelCpusets, InvalidPartitionIsNone) {
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.cpus", "0-7");
  write("/a", "cpuset.cpus.partition", "root");
  EXPECT_THAT(partitions(), IsEmpty());
}

TEST_F(ModelCpusets, IsolatedPartitionsAreIsolatedCpusIn61Too) {
  boot("pu:8", "6.1", model::Hierarchy::v2);
  write("/", "cgroup.subtree_control", "+cpuset");
  make("/a");
  write("/a", "cpuset.cpus", "6-7");
  write("/a", "cpuset.cpus.partition", "isolated");
  EXPECT_THAT(partitions(), ElementsAre("/a 6-7 isolated"));
  EXPECT_EQ(kernel().cpus()->isolated, cpus("6-7"));
}

// A CPU that goes

TEST_F(ModelCpusets, KernelThreadLeavesACpuThatGoes) {
  model::Task& kthreadd = *system().kernel_thread("kthreadd");
  ASSERT_TRUE(kernel().set_affinity(kthreadd.tid(), cpus("5")));
  system().wake(kthreadd);
  ASSERT_EQ(kernel().task(kthreadd.tid())->cpu, CpuId(5));
  ASSERT_EQ(system().take_offline(CpuId(5)), 0);
  EXPECT_NE(kernel().task(kthreadd.tid())->cpu, CpuId(5));
}

}  // namespace
}  // namespace pinfold::test

// Writes to a v1 cpuset of the test's own, by the kernel under us.
#include "trace/cgroup_watch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <pinfold/cpu_list.h>

#include "linux/kernel.h"
#include "support/child.h"
#include "support/cpuset_v1.h"
#include "support/own_folder.h"
#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::CpusetV1;
using test::Victim;
using File = CgroupWrite::File;

TEST(CgroupFile, IsKnownByItsName) {
  EXPECT_EQ(cgroup_file("cpuset.cpus"), File::cpus);
  EXPECT_EQ(cgroup_file("cpus"), File::cpus);
  EXPECT_EQ(cgroup_file("cpuset.cpus.partition"), File::cpus);
  EXPECT_EQ(cgroup_file("cgroup.procs"), File::members);
  EXPECT_EQ(cgroup_file("tasks"), File::members);
  EXPECT_EQ(cgroup_file("cgroup.subtree_control"), File::controllers);
  for (const char* other : {"", "cpuset.mems", "memory.max", "cpuset.cpus (deleted)"})
    EXPECT_FALSE(cgroup_file(other)) << other;
}

std::size_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

// For this thread, whose own capabilities they are.
void drop_sys_admin() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  data[0].effective &= ~(1U << CAP_SYS_ADMIN);
  ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
}

class CgroupWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
    all = CpusetV1::parent_cpus();
    one = CpuSet{*all.first()};
  }

  CgroupWatch open() {
    auto watch = CgroupWatch::open(kernel);
    if (!watch) throw std::runtime_error(message(watch.error()));
    return std::move(*watch);
  }

  /// What is told of this cpuset: others may be written at the same time.
  static std::vector<CgroupWrite> read(CgroupWatch& watch, const CpusetV1& cpuset) {
    CgroupWrites told = watch.read();
    EXPECT_FALSE(told.missed);
    std::erase_if(told.writes, [&](const auto& write) { return write.cgroup != cpuset.name(); });
    return std::move(told.writes);
  }

  LinuxKernel kernel;
  CpuSet all;
  CpuSet one;
};

TEST_F(CgroupWatchTest, AWriteTellsTheFileTheCgroupAndTheWriter) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  const Time before = std::chrono::system_clock::now();
  cpuset.set_cpus(one);
  pollfd ready{.fd = watch.descriptor(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&ready, 1, 0), 1);
  const auto writes = read(watch, cpuset);
  ASSERT_EQ(writes.size(), 1U);
  const CgroupWrite& write = writes[0];
  EXPECT_EQ(write.file, File::cpus);
  EXPECT_EQ(write.path, cpuset.file("cpuset.cpus"));
  EXPECT_FALSE(write.partition);
  EXPECT_GE(write.time, before);
  EXPECT_EQ(write.tid, Tid(::gettid()));
  ASSERT_TRUE(write.writer);
  EXPECT_EQ(write.writer->pid, Pid(::getpid()));
  EXPECT_EQ(write.writer->start_time, kernel.task(Tid()).value().start_time);
  EXPECT_EQ(write.writer->uid, ::getuid());
  EXPECT_EQ(write.writer->exe, std::filesystem::read_symlink("/proc/self/exe").string());
  ASSERT_FALSE(write.writer->parents.empty());
  EXPECT_EQ(write.writer->parents[0].pid, Pid(::getppid()));
}

TEST_F(CgroupWatchTest, AMoveTellsWhereTo) {
  CpusetV1 cpuset(all);
  const Victim victim({"quiet", "3"});
  CgroupWatch watch = open();
  cpuset.move_in(victim.pid());
  cpuset.move_thread_in(victim.pid());
  const auto writes = read(watch, cpuset);
  ASSERT_EQ(writes.size(), 2U);
  EXPECT_EQ(writes[0].file, File::members);
  EXPECT_EQ(writes[0].path, cpuset.file("cgroup.procs"));
  EXPECT_EQ(writes[1].path, cpuset.file("tasks"));
}

TEST_F(CgroupWatchTest, AThreadIsToldByItsOwnNumber) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  pid_t tid = 0;
  std::vector<CgroupWrite> writes;
  std::thread([&] {
    tid = ::gettid();
    cpuset.set_cpus(one);
    writes = read(watch, cpuset);
  }).join();
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].tid, Tid(tid));
  ASSERT_TRUE(writes[0].writer);
  EXPECT_EQ(writes[0].writer->pid, Pid(::getpid()));
}

TEST_F(CgroupWatchTest, AWriterThatHasEndedIsItsNumberOnly) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  const test::Output output = test::run_child(
      {"/bin/sh", "-c",
       "echo $$; echo " + to_cpu_list(one) + " > '" + cpuset.file("cpuset.cpus") + "'"});
  const auto writes = read(watch, cpuset);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(std::to_string(writes[0].tid.value()) + '\n', output.out);
  EXPECT_FALSE(writes[0].writer);
}

TEST_F(CgroupWatchTest, WhatFailsAndWhatChangesNoMaskIsNotTold) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  EXPECT_NE(cpuset.write("cpuset.cpus", "100000"), 0);
  EXPECT_EQ(cpuset.write("notify_on_release", "0"), 0);
  EXPECT_TRUE(read(watch, cpuset).empty());
}

TEST_F(CgroupWatchTest, EachOfTwoWatchersSeesEverything) {
  CpusetV1 cpuset(all);
  CgroupWatch first = open();
  CgroupWatch second = open();
  cpuset.set_cpus(one);
  EXPECT_EQ(read(first, cpuset).size(), 1U);
  EXPECT_EQ(read(second, cpuset).size(), 1U);
  EXPECT_TRUE(read(first, cpuset).empty());
}

TEST_F(CgroupWatchTest, ThroughTheMountOfAContainerItIsTheSameCgroup) {
  CpusetV1 cpuset(all);
  const test::OwnFolder folder;
  CgroupWatch watch = open();
  const std::string cgroup = cpuset.file("");
  const test::Output output =
      test::run_child({"unshare", "-m", "/bin/sh", "-c",
                       "mount --bind '" + cgroup + "' '" + folder.path() + "' && echo " +
                           to_cpu_list(one) + " > '" + folder.path() + "/cpuset.cpus'"});
  ASSERT_EQ(output.exit, 0) << output.err;
  const auto writes = read(watch, cpuset);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].path, cpuset.file("cpuset.cpus"));
}

TEST_F(CgroupWatchTest, WhatIsRemovedMeanwhileIsNobodys) {
  CgroupWatch watch = open();
  std::string name;
  {
    CpusetV1 cpuset(all);
    cpuset.set_cpus(one);
    name = cpuset.name();
  }
  const CgroupWrites told = watch.read();
  EXPECT_FALSE(told.missed);
  for (const CgroupWrite& write : told.writes)
    EXPECT_NE(write.cgroup, name);
}

TEST_F(CgroupWatchTest, NoFileStaysOpen) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  const std::size_t before = open_files();
  for (int i = 0; i < 100; ++i) {
    cpuset.set_cpus(i % 2 == 0 ? one : all);
    cpuset.write("notify_on_release", "0");
    watch.read();
  }
  EXPECT_EQ(open_files(), before);
}

TEST_F(CgroupWatchTest, WhatTheKernelHasNoRoomForIsTold) {
  constexpr std::array files = {"cpuset.cpu_exclusive",      "cpuset.mem_exclusive",
                                "cpuset.mem_hardwall",       "cpuset.memory_migrate",
                                "cpuset.memory_spread_page", "cpuset.memory_spread_slab",
                                "cgroup.clone_children",     "notify_on_release"};
  constexpr std::size_t cgroups = 32;
  std::size_t room = 0;
  std::ifstream("/proc/sys/fs/fanotify/max_queued_events") >> room;
  if (room > 100'000) GTEST_SKIP() << "a queue of " << room << " events takes too long to fill";
  std::vector<std::unique_ptr<CpusetV1>> cpusets;
  for (std::size_t i = 0; i < cgroups; ++i)
    cpusets.push_back(std::make_unique<CpusetV1>(all));
  CgroupWatch watch = open();
  // Events of one thread and one file are one: it takes threads, too.
  for (std::size_t written = 0; written <= room; written += cgroups * files.size()) {
    std::thread([&] {
      for (const auto& cpuset : cpusets) {
        for (const char* file : files)
          cpuset->write(file, "0");
      }
    }).join();
  }
  bool missed = false;
  for (std::size_t i = 0; i <= room / 1'000; ++i)
    missed |= watch.read().missed;
  EXPECT_TRUE(missed);
  // and it goes on
  cpusets[0]->set_cpus(one);
  EXPECT_EQ(read(watch, *cpusets[0]).size(), 1U);
}

TEST_F(CgroupWatchTest, WithoutTheCapabilityItSaysWhichOneIsMissing) {
  std::thread([&] {
    drop_sys_admin();
    const auto watch = CgroupWatch::open(kernel);
    ASSERT_FALSE(watch);
    EXPECT_EQ(watch.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(message(watch.error()), "writes to cpusets: needs CAP_SYS_ADMIN");
  }).join();
}

TEST_F(CgroupWatchTest, ToReadItNeedsNone) {
  CpusetV1 cpuset(all);
  CgroupWatch watch = open();
  std::thread([&] {
    drop_sys_admin();
    cpuset.set_cpus(one);
    EXPECT_EQ(read(watch, cpuset).size(), 1U);
  }).join();
}

}  // namespace
}  // namespace pinfold::trace

// Our file systems mounted, and used by programs that know nothing of them.
#include "sim/fuse/mount.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "sim/files/sysfs.h"
#include "sim/fuse/image_of.h"
#include "sim/fuse/modelled_cgroups.h"
#include "sim/fuse/served.h"
#include "sim/fuse/tiny_files.h"
#include "support/pid_namespace.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;
using testing::HasSubstr;

// In the mount namespaces of these tests /run is empty, and nobody else sees it.
std::string own_folder(const char* name) {
  std::string path = std::string("/run/") + name;
  EXPECT_EQ(::mkdir(path.c_str(), 0755), 0);
  return path;
}

std::string shell(const std::string& script) {
  const Output done = run({"sh", "-c", script});
  return done.out + done.err;
}

// One write(2): 0 or the errno; that of open(2) where it fails.
int write_to(const std::string& path, std::string_view text, int flags = 0) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644));
  if (!file.is_open()) return errno;
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0
                                                                                            : errno;
}

std::string read_from(const std::string& path) {
  const auto text = read_file(path.c_str());
  return text ? *text : "errno " + std::to_string(text.error().number);
}

void look_at_constant_files() {
  TinyFiles files;
  const Served served(files, own_folder("tiny"),
                      {.source = "a machine", .subtype = "tiny", .read_only = true});
  const std::string& at = served.path();
  EXPECT_EQ(shell("cat " + at + "/hello " + at + "/link"), "hello, world\nhello, world\n");
  EXPECT_EQ(shell("ls -a " + at), ".\n..\nhello\nlink\nmany\n");
  EXPECT_EQ(shell("ls " + at + "/many | wc -l"), "300\n");
  EXPECT_EQ(shell("cat " + at + "/many/* | sha1sum"), shell("seq -w 0 299 | sha1sum"));
  EXPECT_THAT(shell("grep ' " + at + " ' /proc/mounts"), HasSubstr("a\\040machine"));
  EXPECT_THAT(shell("grep ' " + at + " ' /proc/mounts"), HasSubstr("fuse.tiny ro,"));
  EXPECT_EQ(read_from(at + "/nothing"), "errno " + std::to_string(ENOENT));
  EXPECT_EQ(write_to(at + "/hello", "x"), EROFS);
  struct stat status{};
  ASSERT_EQ(::stat((at + "/link").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, S_IFREG | 0444U);
  EXPECT_EQ(status.st_size, 13);
  EXPECT_EQ(status.st_uid, 0U);
}

void use_cgroups(ModelledCgroups& cgroups, const std::string& at) {
  EXPECT_EQ(shell("cat " + at + "/cpuset.cpus.effective"), "0-7\n");
  EXPECT_EQ(shell("echo +cpuset > " + at + "/cgroup.subtree_control"), "");
  EXPECT_EQ(shell("mkdir " + at + "/box && ls " + at + "/box"),
            "cgroup.controllers\ncgroup.events\ncgroup.procs\ncgroup.subtree_control\n"
            "cgroup.threads\ncgroup.type\ncpuset.cpus\ncpuset.cpus.effective\n"
            "cpuset.cpus.exclusive\ncpuset.cpus.exclusive.effective\ncpuset.cpus.partition\n"
            "cpuset.mems\ncpuset.mems.effective\n");
  EXPECT_EQ(read_from(at + "/box/cpuset.cpus"), "\n");
  EXPECT_EQ(shell("echo 2-3 > " + at + "/box/cpuset.cpus"), "");
  EXPECT_EQ(read_from(at + "/box/cpuset.cpus"), "2-3\n");
  EXPECT_EQ(shell("echo " + cgroups.user_number() + " > " + at + "/box/cgroup.procs"), "");
  EXPECT_EQ(cgroups.user_mask(), cpus("2-3"));
  EXPECT_EQ(read_from(at + "/box/cgroup.procs"), cgroups.user_number() + "\n");
}

void write_what_is_refused(ModelledCgroups& cgroups, const std::string& at) {
  const std::string box = at + "/box/";
  EXPECT_EQ(write_to(box + "cpuset.cpus", "8"), ERANGE);
  EXPECT_EQ(write_to(box + "cpuset.cpus", "x"), EINVAL);
  EXPECT_EQ(write_to(box + "cpuset.cpus.effective", "1"), EINVAL);
  EXPECT_EQ(write_to(box + "nothing", "1"), ENOENT);
  EXPECT_EQ(write_to(box + "nothing", "1", O_CREAT), EACCES);
  EXPECT_EQ(write_to(box + "cgroup.procs", "4000000"), ESRCH);
  EXPECT_EQ(write_to(box + "cgroup.procs", std::string(5000, '0')), E2BIG);
  EXPECT_EQ(write_to(at + "/cgroup.subtree_control", "+memory"), EINVAL);
  EXPECT_EQ(write_to(box + "cpuset.cpus", "2-3", O_TRUNC), 0);
  EXPECT_EQ(write_to(box + "cpuset.cpus", "2-3", O_APPEND), 0);
  EXPECT_EQ(::truncate((box + "cpuset.cpus").c_str(), 0), 0);
  EXPECT_EQ(read_from(box + "cpuset.cpus"), "2-3\n");
  struct stat status{};
  ASSERT_EQ(::stat((box + "cpuset.cpus").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 0);
  EXPECT_EQ(::chmod((box + "cpuset.cpus").c_str(), 0666), -1);
  EXPECT_EQ(::rmdir(box.c_str()), -1);
  EXPECT_EQ(errno, EBUSY);
  EXPECT_EQ(::mkdir(box.c_str(), 0755), -1);
  EXPECT_EQ(errno, EEXIST);
  EXPECT_EQ(::unlink((box + "cpuset.cpus").c_str()), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(write_to(at + "/cgroup.procs", cgroups.user_number()), 0);
  EXPECT_EQ(cgroups.user_mask(), cpus("0-7"));
}

void make_partitions(ModelledCgroups& cgroups, const std::string& at) {
  EXPECT_EQ(write_to(at + "/box/cpuset.cpus.partition", "isolated\n"), 0);
  EXPECT_EQ(read_from(at + "/box/cpuset.cpus.partition"), "isolated\n");
  EXPECT_EQ(read_from(at + "/cpuset.cpus.isolated"), "2-3\n");
  EXPECT_EQ(read_from(at + "/cpuset.cpus.effective"), "0-1,4-7\n");
  EXPECT_EQ(cgroups.user_mask(), cpus("0-1,4-7"));
  EXPECT_EQ(write_to(at + "/box/cpuset.cpus.partition", "wrong"), EINVAL);
  EXPECT_EQ(write_to(at + "/box/cpuset.cpus.partition", "member"), 0);
}

void remove_what_is_open(const std::string& at) {
  const Fd procs(::open((at + "/box/cgroup.procs").c_str(), O_RDWR | O_CLOEXEC));
  const Fd folder(::open((at + "/box").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(procs.is_open() && folder.is_open());
  EXPECT_EQ(shell("rmdir " + at + "/box"), "");
  char byte = 0;
  EXPECT_EQ(::read(procs.get(), &byte, 1), -1);
  EXPECT_EQ(errno, ENODEV);
  EXPECT_EQ(::write(procs.get(), "0", 1), -1);
  EXPECT_EQ(errno, ENODEV);
  EXPECT_EQ(::openat(folder.get(), "cgroup.procs", O_RDONLY | O_CLOEXEC), -1);
  EXPECT_EQ(errno, ENOENT);
  struct stat status{};
  EXPECT_EQ(::fstat(procs.get(), &status), 0);
  EXPECT_EQ(::fstat(folder.get(), &status), 0);
}

// In a process of that user: its exit code is what `body` says.
int as_user(uid_t uid, const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(::setresuid(uid, uid, uid) == 0 ? body() : 255);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

void come_as_another_user(const std::string& at) {
  const auto as_somebody = [](const std::function<int()>& body) {
    return as_user(ModelledCgroups::user_id, body);
  };
  EXPECT_EQ(as_somebody([&] { return write_to(at + "/cgroup.procs", "0"); }), EACCES);
  EXPECT_EQ(as_somebody([&] { return ::mkdir((at + "/x").c_str(), 0755) == 0 ? 0 : errno; }),
            EACCES);
  EXPECT_EQ(
      as_somebody([&] { return read_from(at + "/cpuset.cpus.effective") == "0-7\n" ? 0 : 1; }), 0);
}

void be_many(const std::string& at) {
  std::atomic<int> wrong = 0;
  const auto work = [&](int number) {
    const std::string own = at + "/own" + std::to_string(number);
    for (int i = 0; i < 100; ++i) {
      if (::mkdir(own.c_str(), 0755) != 0) ++wrong;
      if (write_to(own + "/cpuset.cpus", std::to_string(number)) != 0) ++wrong;
      if (read_from(own + "/cpuset.cpus") != std::to_string(number) + "\n") ++wrong;
      if (read_from(at + "/cpuset.cpus.effective") != "0-7\n") ++wrong;
      if (::rmdir(own.c_str()) != 0) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int number = 0; number < 4; ++number)
    threads.emplace_back(work, number);
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}

sim::FuseMount cgroup2() { return {.source = "cgroup2", .subtype = "cgroup2"}; }

TEST(FuseMounts, ShowConstantFilesToPrograms) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace(look_at_constant_files);
}

TEST(FuseMounts, AreAskedForConstantFilesOnce) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    TinyFiles files;
    const Served served(files, own_folder("tiny"), {.read_only = true});
    const std::string script = "ls " + served.path() + "/many; cat " + served.path() + "/link " +
                               served.path() + "/many/17; cat " + served.path() + "/nothing";
    const std::string first = shell(script);
    const int asked = files.questions;
    EXPECT_GT(asked, 0);
    EXPECT_EQ(shell(script), first);
    EXPECT_EQ(files.questions, asked);
  });
}

TEST(FuseMounts, ShowAMachineThatIsNotHere) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    const auto machine = Machine::open("pack:2 core:4 pu:2");
    ASSERT_TRUE(machine);
    sim::ImageFiles files = image_of(sim::machine_files(*machine));
    const Served served(files, own_folder("machine"), {.subtype = "sysfs", .read_only = true});
    const std::string cpu = served.path() + "/sys/devices/system/cpu/";
    EXPECT_EQ(read_from(cpu + "online"), "0-15\n");
    EXPECT_EQ(read_from(cpu + "cpu15/topology/physical_package_id"), "1\n");
    EXPECT_EQ(read_from(cpu + "cpu16/topology/physical_package_id"),
              "errno " + std::to_string(ENOENT));
    EXPECT_EQ(shell("ls -d " + cpu + "cpu[0-9]* | wc -l"), "16\n");
    const auto again = Machine::open(served.path());
    ASSERT_TRUE(again) << message(again.error());
    EXPECT_EQ(again->objects(Level::core).size(), 8U);
  });
}

TEST(FuseMounts, CgroupsDoWhatTheModelDoes) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    ModelledCgroups cgroups(Hierarchy::v2);
    const Served served(cgroups.files(), own_folder("cgroup"), cgroup2());
    const std::string& at = served.path();
    use_cgroups(cgroups, at);
    write_what_is_refused(cgroups, at);
    make_partitions(cgroups, at);
    come_as_another_user(at);
    remove_what_is_open(at);
  });
}

TEST(FuseMounts, CgroupsOfV1DoToo) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    ModelledCgroups cgroups(Hierarchy::v1);
    const Served served(cgroups.files(), own_folder("cpuset"), {.subtype = "cgroup"});
    const std::string& at = served.path();
    const std::string box = at + "/box";
    EXPECT_EQ(shell("mkdir " + box), "");
    EXPECT_EQ(write_to(box + "/tasks", cgroups.user_number()), ENOSPC);
    EXPECT_EQ(write_to(box + "/cpuset.cpus", "8"), ERANGE);
    EXPECT_EQ(shell("cd " + box + " && echo 2-3 > cpuset.cpus && cat ../cpuset.mems > cpuset.mems"),
              "");
    EXPECT_EQ(write_to(box + "/tasks", cgroups.user_number()), 0);
    EXPECT_EQ(cgroups.user_mask(), cpus("2-3"));
    EXPECT_EQ(write_to(box + "/cpuset.cpus", "\n"), ENOSPC);
    EXPECT_EQ(write_to(at + "/cpuset.cpus", "0"), EACCES);
    EXPECT_EQ(::rmdir(box.c_str()), -1);
    EXPECT_EQ(errno, EBUSY);
  });
}

TEST(FuseMounts, CgroupsAreForManyAtATime) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    ModelledCgroups cgroups(Hierarchy::v2);
    const Served served(cgroups.files(), own_folder("cgroup"), cgroup2());
    ASSERT_EQ(write_to(served.path() + "/cgroup.subtree_control", "+cpuset"), 0);
    be_many(served.path());
  });
}

TEST(FuseMounts, AreForOrdinaryUsersInAUserNamespace) {
  if (const std::string why = no_fuse_for_ordinary_users(); !why.empty()) GTEST_SKIP() << why;
  as_ordinary_user([] {
    look_at_constant_files();
    ModelledCgroups cgroups(Hierarchy::v2);
    const Served served(cgroups.files(), own_folder("cgroup"), cgroup2());
    use_cgroups(cgroups, served.path());
    write_what_is_refused(cgroups, served.path());
    remove_what_is_open(served.path());
  });
}

TEST(FuseMounts, WhatCannotBeMountedIsNamed) {
  if (const std::string why = no_fuse(); !why.empty()) GTEST_SKIP() << why;
  in_pid_namespace([] {
    const auto device = sim::open_fuse_device();
    ASSERT_TRUE(device);
    const auto missing = sim::mount_fuse(*device, "/run/nothing", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::system);
    EXPECT_EQ(missing.error().number, ENOENT);
    EXPECT_EQ(missing.error().text, "/run/nothing");
    const auto no_device = sim::mount_fuse(Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)),
                                           own_folder("place").c_str(), {});
    ASSERT_FALSE(no_device);
    EXPECT_EQ(no_device.error().number, EINVAL);
  });
}

}  // namespace
}  // namespace pinfold::test

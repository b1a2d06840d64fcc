// Cgroups with cpusets, of both versions.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <pinfold/cpu_list.h>

#include "claims/claims.h"
#include "machine/cgroup.h"
#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

constexpr const char* machine = "numa:2 core:4 pu:1";

class SimCpusets : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
    if (::geteuid() != 0 && !is_inside()) GTEST_SKIP() << "needs root, to whom cgroup files belong";
  }
  void inside_with(const char* cpusets, const std::function<void()>& body) {
    options.sim = {"--cpusets", cpusets};
    inside(machine, body, options);
  }

  InsideOptions options;
};

// 0, or a negative errno.
int write_to(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const ssize_t written = ::write(file, text.data(), text.size());
  const int result = written < 0 ? -errno : 0;
  ::close(file);
  return result;
}

std::string line_of(const std::string& path) {
  const std::string text = text_of(path);
  return text.substr(0, text.find('\n'));
}

// Where the caller's cgroup is mounted.
std::string own_cgroup(CpusetFolder::Version version) {
  const auto found = find_cpuset(text_of("/proc/self/cgroup"), text_of("/proc/self/mountinfo"));
  if (!found) throw std::runtime_error("no cpusets here: " + text_of("/proc/self/cgroup"));
  EXPECT_EQ(found->version, version);
  return found->mount + found->relative;
}

std::string own_list() { return to_cpu_list(mask_of(0)); }

TEST_F(SimCpusets, AProcessMovesItselfIntoACpusetOfVersion2) {
  inside_with("v2", [] {
    const std::string root = own_cgroup(CpusetFolder::Version::v2);
    EXPECT_EQ(write_to(root + "/cgroup.subtree_control", "+cpuset"), 0);
    ASSERT_EQ(::mkdir((root + "/a").c_str(), 0755), 0);
    ASSERT_EQ(write_to(root + "/a/cpuset.cpus", "2-3\n"), 0);
    EXPECT_EQ(line_of(root + "/a/cpuset.cpus"), "2-3");
    EXPECT_EQ(line_of(root + "/a/cpuset.cpus.effective"), "2-3");
    ASSERT_EQ(write_to(root + "/a/cgroup.procs", "0"), 0);
    EXPECT_EQ(own_list(), "2-3");
    EXPECT_EQ(run({"nproc"}).out, "2\n");
    EXPECT_EQ(line_of("/proc/self/cgroup"), "0::/a");
    EXPECT_EQ(line_of(root + "/a/cgroup.procs"), std::to_string(::getpid()));
    EXPECT_EQ(raw_set(0, cpus("0")), -EINVAL);
    EXPECT_EQ(raw_set(0, cpus("0,3")), 0);
    EXPECT_EQ(own_list(), "3");
    ASSERT_EQ(write_to(root + "/a/cpuset.cpus", "0-2"), 0);
    EXPECT_EQ(own_list(), "0") << "what it asked for is remembered";
    EXPECT_EQ(::rmdir((root + "/a").c_str()), -1);
    EXPECT_EQ(errno, EBUSY);
    ASSERT_EQ(write_to(root + "/cgroup.procs", std::to_string(::getpid())), 0);
    EXPECT_EQ(::rmdir((root + "/a").c_str()), 0);
  });
}

TEST_F(SimCpusets, BadWritesOfVersion2AreRefused) {
  inside_with("v2", [] {
    const std::string root = own_cgroup(CpusetFolder::Version::v2);
    ASSERT_EQ(write_to(root + "/cgroup.subtree_control", "+cpuset"), 0);
    ASSERT_EQ(::mkdir((root + "/a").c_str(), 0755), 0);
    EXPECT_EQ(write_to(root + "/a/cpuset.cpus", "x"), -EINVAL);
    EXPECT_EQ(write_to(root + "/a/cpuset.cpus", "3-2"), -EINVAL);
    EXPECT_EQ(write_to(root + "/a/cgroup.procs", "1073741823"), -ESRCH);
    EXPECT_EQ(write_to(root + "/a/cgroup.procs", "x"), -EINVAL);
    EXPECT_EQ(write_to(root + "/a/cpuset.cpus.effective", "1"), -EINVAL);
    EXPECT_EQ(write_to(root + "/a/no.such.file", "1"), -ENOENT);
    EXPECT_EQ(line_of(root + "/a/cpuset.cpus"), "");
    EXPECT_EQ(::mkdir((root + "/a").c_str(), 0755), -1);
    EXPECT_EQ(errno, EEXIST);
  });
}

TEST_F(SimCpusets, AProcessMovesItselfIntoACpusetOfVersion1) {
  inside_with("v1", [] {
    const std::string root = own_cgroup(CpusetFolder::Version::v1);
    ASSERT_EQ(::mkdir((root + "/a").c_str(), 0755), 0);
    const std::string a = root + "/a";
    EXPECT_EQ(write_to(a + "/tasks", "0"), -ENOSPC) << "it has no CPUs yet";
    ASSERT_EQ(write_to(a + "/cpuset.cpus", "1,6"), 0);
    EXPECT_EQ(write_to(a + "/tasks", "0"), -ENOSPC) << "it has no memory yet";
    ASSERT_EQ(write_to(a + "/cpuset.mems", "0-1"), 0);
    ASSERT_EQ(write_to(a + "/tasks", std::to_string(::getpid())), 0);
    EXPECT_EQ(own_list(), "1,6");
    EXPECT_EQ(line_of(a + "/tasks"), std::to_string(::getpid()));
    EXPECT_EQ(status_field(text_of("/proc/self/status"), "Cpus_allowed_list"), "1,6");
    EXPECT_EQ(line_of("/proc/self/cpuset"), "/a");
    EXPECT_EQ(in_child([] { return own_list() == "1,6" ? 0 : 1; }), 0);
    ASSERT_EQ(write_to(root + "/cgroup.procs", "0"), 0);
    EXPECT_EQ(own_list(), "0-7");
    EXPECT_EQ(::rmdir(a.c_str()), 0);
  });
}

TEST_F(SimCpusets, BadWritesOfVersion1AreRefused) {
  inside_with("v1", [] {
    const std::string root = own_cgroup(CpusetFolder::Version::v1);
    const std::string a = root + "/a";
    ASSERT_EQ(::mkdir(a.c_str(), 0755), 0);
    EXPECT_EQ(write_to(a + "/cpuset.cpus", "x"), -EINVAL);
    EXPECT_EQ(write_to(a + "/cpuset.cpus", "9999999"), -ERANGE);
    ASSERT_EQ(write_to(a + "/cpuset.cpus", "0-1"), 0);
    ASSERT_EQ(write_to(a + "/cpuset.cpu_exclusive", "1"), 0);
    ASSERT_EQ(::mkdir((root + "/b").c_str(), 0755), 0);
    EXPECT_EQ(write_to(root + "/b/cpuset.cpus", "1-2"), -EINVAL) << "a has 1 for itself";
    EXPECT_EQ(write_to(a + "/tasks", "1073741823"), -ESRCH);
  });
}

TEST_F(SimCpusets, WithoutCpusetsThereAreNone) {
  inside_with("none", [] {
    EXPECT_FALSE(find_cpuset(text_of("/proc/self/cgroup"), text_of("/proc/self/mountinfo")));
    EXPECT_EQ(own_list(), "0-7");
  });
}

TEST_F(SimCpusets, AnOrdinaryUserReadsThemAndMayWriteNone) {
  if (const std::string reason = no_ordinary_user(); !reason.empty()) GTEST_SKIP() << reason;
  options.launcher = as_ordinary_user_with_fuse();
  auto opens_fuse = options.launcher;
  opens_fuse.insert(opens_fuse.end(), {"sh", "-c", "exec 3<>/dev/fuse"});
  if (!is_inside() && run_child(std::move(opens_fuse)).exit != 0)
    GTEST_SKIP() << "an ordinary user cannot be given /dev/fuse here";
  inside_with("v2", [] {
    const std::string root = own_cgroup(CpusetFolder::Version::v2);
    EXPECT_EQ(line_of(root + "/cpuset.cpus.effective"), "0-7");
    EXPECT_EQ(write_to(root + "/cgroup.subtree_control", "+cpuset"), -EACCES);
    EXPECT_EQ(::mkdir((root + "/a").c_str(), 0755), -1);
    EXPECT_EQ(errno, EACCES);
  });
}

TEST_F(SimCpusets, PinfoldSaysWhichCgroupForbids) {
  options.sim = {"--cpusets", "v2"};
  auto command = simulated(
      machine,
      {"sh", "-c",
       "cd /sys/fs/cgroup && echo +cpuset > cgroup.subtree_control && mkdir box && "
       "echo 0-3 > box/cpuset.cpus && echo $$ > box/cgroup.procs && \"$0\" why --on 4-5 -- true; "
       "\"$0\" set 4-5 $$",
       PINFOLD_COMMAND},
      options.sim);
  const Output output = run_child(std::move(command));
  EXPECT_NE((output.out + output.err).find("/box"), std::string::npos) << output.out << output.err;
  EXPECT_NE(output.err.find("allows 0-3"), std::string::npos) << output.out << output.err;
}

}  // namespace
}  // namespace pinfold::test

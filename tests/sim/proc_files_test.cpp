#include "sim/proc_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "support/program.h"

namespace pinfold::sim {
namespace {

using test::cpus;
using testing::HasSubstr;
using testing::Not;

std::string own(const char* file) {
  return read_file((std::string("/proc/self/") + file).c_str()).value();
}

TEST(EditStatus, MasksAreTheModels) {
  const std::string status = edit_status(
      "Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\nMems_allowed:\t00000000,00000001\n"
      "Mems_allowed_list:\t0\nnonvoluntary_ctxt_switches:\t1\n",
      cpus("1,33"), 36, {0, 2});
  EXPECT_EQ(status,
            "Name:\tx\nCpus_allowed:\t2,00000002\nCpus_allowed_list:\t1,33\n"
            "Mems_allowed:\t00000000,00000005\nMems_allowed_list:\t0,2\n"
            "nonvoluntary_ctxt_switches:\t1\n");
}

TEST(EditStatus, NothingElseOfARealOneChanges) {
  const std::string real = own("status");
  const std::string edited = edit_status(real, cpus("0-3"), 4, {0});
  EXPECT_EQ(std::ranges::count(real, '\n'), std::ranges::count(edited, '\n'));
  EXPECT_THAT(edited, HasSubstr("\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n"));
  EXPECT_THAT(edited, HasSubstr(real.substr(0, real.find("Cpus_allowed:"))));
}

TEST(EditStat, TheCpuIsTheModels) {
  const std::string real = own("stat");
  const std::string edited = edit_stat(real, CpuId(1234));
  EXPECT_THAT(edited, HasSubstr(" 1234 "));
  // The same twice is where it stood.
  EXPECT_EQ(edit_stat(edited, CpuId(7)), edit_stat(real, CpuId(7)));
  EXPECT_EQ(std::ranges::count(real, ' '), std::ranges::count(edited, ' '));
}

TEST(EditStat, NamesMayHoldAnything) {
  std::string real = "12 (a) R (b) c) S";
  for (int field = 4; field <= 52; ++field)
    real += ' ' + std::to_string(field);
  EXPECT_THAT(edit_stat(real, CpuId(5)), HasSubstr(" 37 38 5 40 "));
}

TEST(EditMounts, CgroupFilesThatAreServedLookLikeTheKernels) {
  const std::string real =
      "22 1 0:21 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
      "23 22 0:22 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
      "24 1 0:23 / /proc rw - proc proc rw\n"
      "25 22 0:24 / /sys/fs/cgroup rw,nosuid - fuse.cgroup2 pinfold rw,user_id=0\n";
  EXPECT_EQ(edit_mounts(real, ProcFile::mount_info, model::Hierarchy::v2),
            "24 1 0:23 / /proc rw - proc proc rw\n"
            "25 22 0:24 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n");
}

TEST(EditMounts, TheFirstVersionHasAFolderOfHierarchies) {
  const std::string real =
      "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"
      "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n"
      "pinfold /sys/fs/cgroup/cpuset fuse.cgroup rw 0 0\n"
      "x /sys/fs/cgroups ext4 rw 0 0\n";
  EXPECT_EQ(edit_mounts(real, ProcFile::mounts, model::Hierarchy::v1),
            "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n"
            "cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0\n"
            "x /sys/fs/cgroups ext4 rw 0 0\n");
}

TEST(EditSystemStat, EachCpuThatIsOnlineHasALine) {
  const std::string edited = edit_system_stat(
      "cpu  3 0 3 30 0 0 0 0 0 0\ncpu0 1 0 1 10 0 0 0 0 0 0\ncpu1 2 0 2 20 0 0 0 0 0 0\n"
      "intr 5 1 2\nbtime 7\n",
      cpus("0,4-5"));
  EXPECT_EQ(edited,
            "cpu  3 0 3 30 0 0 0 0 0 0\ncpu0 1 0 1 10 0 0 0 0 0 0\ncpu4 2 0 2 20 0 0 0 0 0 0\n"
            "cpu5 0 0 0 12 0 0 0 0 0 0\nintr 5 1 2\nbtime 7\n");
}

}  // namespace
}  // namespace pinfold::sim

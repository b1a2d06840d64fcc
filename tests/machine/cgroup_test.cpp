#include "machine/cgroup.h"

#include <gtest/gtest.h>

namespace pinfold {
namespace {

using Version = CpusetFolder::Version;

// A machine with v2 alone (Debian 12, Fedora).
constexpr const char* v2_mounts =
    "22 29 0:20 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw\n"
    "23 29 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw\n"
    "29 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n"
    "31 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 "
    "rw,nsdelegate,memory_recursiveprot\n"
    "32 22 0:27 / /sys/fs/pstore rw,nosuid,nodev,noexec,relatime shared:10 - pstore pstore rw\n";

// Every controller on a hierarchy of its own, and v2 without controllers (hybrid).
constexpr const char* hybrid_mounts =
    "25 22 0:22 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:8 - tmpfs tmpfs ro,mode=755\n"
    "26 25 0:23 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 "
    "cgroup2 rw,nsdelegate\n"
    "27 25 0:24 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:10 - cgroup cgroup "
    "rw,xattr,name=systemd\n"
    "33 25 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:15 - cgroup "
    "cgroup rw,cpu,cpuacct\n"
    "34 25 0:31 / /sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup "
    "rw,cpuset\n";
constexpr const char* hybrid_cgroup =
    "12:memory:/user.slice\n"
    "11:cpuset:/docker/9f3c\n"
    "4:cpu,cpuacct:/user.slice\n"
    "1:name=systemd:/user.slice/session-1.scope\n"
    "0::/user.slice/session-1.scope\n";

TEST(FindCpuset, V2) {
  const auto folder = find_cpuset("0::/user.slice/user-1000.slice/session-3.scope\n", v2_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->version, Version::v2);
  EXPECT_EQ(folder->cgroup, "/user.slice/user-1000.slice/session-3.scope");
  EXPECT_EQ(folder->mount, "/sys/fs/cgroup");
  EXPECT_EQ(folder->relative, "/user.slice/user-1000.slice/session-3.scope");
}

TEST(FindCpuset, V2Root) {
  const auto folder = find_cpuset("0::/\n", v2_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->cgroup, "/");
  EXPECT_EQ(folder->relative, "");
}

TEST(FindCpuset, HybridMeansTheV1Hierarchy) {
  const auto folder = find_cpuset(hybrid_cgroup, hybrid_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->version, Version::v1);
  EXPECT_EQ(folder->cgroup, "/docker/9f3c");
  EXPECT_EQ(folder->mount, "/sys/fs/cgroup/cpuset");
  EXPECT_EQ(folder->relative, "/docker/9f3c");
}

TEST(FindCpuset, V1WithSeveralControllersOnOneHierarchy) {
  const auto folder = find_cpuset(
      "5:cpu,cpuset,memory:/jobs\n0::/\n",
      "40 25 0:33 / /cgroup/cpu,cpuset,memory rw,relatime - cgroup none rw,cpu,cpuset,memory\n");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->version, Version::v1);
  EXPECT_EQ(folder->mount, "/cgroup/cpu,cpuset,memory");
}

TEST(FindCpuset, CpusetIsNotAnotherControllerWhoseNameContainsIt) {
  EXPECT_FALSE(find_cpuset("5:mycpuset:/jobs\n", hybrid_mounts));
  const auto folder =
      find_cpuset("11:cpuset:/a\n",
                  "33 25 0:30 / /wrong rw - cgroup cgroup rw,xcpuset\n"
                  "34 25 0:31 / /right rw - cgroup cgroup rw,cpuset,clone_children\n");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->mount, "/right");
}

// Docker with v1: the container's own cgroup is mounted, and the paths are the host's.
constexpr const char* container_mounts =
    "712 711 0:31 /docker/9f3c /sys/fs/cgroup/cpuset ro,nosuid,nodev,noexec,relatime master:16 - "
    "cgroup cgroup rw,cpuset\n";

TEST(FindCpuset, MountOfACgroupBelowTheRoot) {
  const auto folder = find_cpuset("11:cpuset:/docker/9f3c/worker\n", container_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->cgroup, "/docker/9f3c/worker");
  EXPECT_EQ(folder->mount, "/sys/fs/cgroup/cpuset");
  EXPECT_EQ(folder->relative, "/worker");
}

TEST(FindCpuset, MountOfJustThatCgroup) {
  const auto folder = find_cpuset("11:cpuset:/docker/9f3c\n", container_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->relative, "");
}

TEST(FindCpuset, MountOfACgroupWithALongerNameIsAnotherOne) {
  EXPECT_FALSE(find_cpuset("11:cpuset:/docker/9f3c77\n", container_mounts));
  EXPECT_FALSE(find_cpuset("11:cpuset:/docker\n", container_mounts));
  EXPECT_FALSE(find_cpuset("11:cpuset:/\n", container_mounts));
}

TEST(FindCpuset, FirstMountThatHoldsTheCgroup) {
  const auto folder = find_cpuset("11:cpuset:/docker/9f3c\n",
                                  "34 25 0:31 /docker/77aa /other rw - cgroup cgroup rw,cpuset\n"
                                  "35 25 0:31 /docker /docker rw - cgroup cgroup rw,cpuset\n");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->mount, "/docker");
  EXPECT_EQ(folder->relative, "/9f3c");
}

// In a cgroup namespace its root is "/", in both files.
TEST(FindCpuset, CgroupNamespace) {
  const auto folder = find_cpuset(
      "0::/worker\n",
      "812 811 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->mount, "/sys/fs/cgroup");
  EXPECT_EQ(folder->relative, "/worker");
}

TEST(FindCpuset, TaskOutsideTheCgroupNamespaceIsNotFound) {
  EXPECT_FALSE(find_cpuset("0::/..\n", v2_mounts));
  EXPECT_FALSE(find_cpuset("0::/../../user.slice\n", v2_mounts));
}

// A name may begin with two dots.
TEST(FindCpuset, CgroupWhoseNameBeginsWithDotsIsNotOutside) {
  const auto folder = find_cpuset("0::/..data\n", v2_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->relative, "/..data");
}

// The file system was mounted before the namespace was made: its root stands above.
TEST(FindCpuset, MountRootAboveTheNamespaceIsNotMistakenForTheRoot) {
  EXPECT_FALSE(
      find_cpuset("0::/worker\n", "812 811 0:26 /.. /sys/fs/cgroup ro - cgroup2 cgroup rw\n"));
}

TEST(FindCpuset, OctalEscapesInRootAndMount) {
  const auto folder = find_cpuset(
      "11:cpuset:/my jobs/a\\b\n",
      "34 25 0:31 /my\\040jobs /mnt/tab\\011and\\134slash rw - cgroup cgroup rw,cpuset\n");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->cgroup, "/my jobs/a\\b");
  EXPECT_EQ(folder->mount, "/mnt/tab\tand\\slash");
  EXPECT_EQ(folder->relative, "/a\\b");
}

TEST(FindCpuset, PathMayContainColons) {
  const auto folder = find_cpuset("0::/system.slice/a:b:c\n", v2_mounts);
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->relative, "/system.slice/a:b:c");
}

TEST(FindCpuset, OptionalFieldsMayBeManyOrNone) {
  const auto many = find_cpuset("0::/a\n",
                                "31 22 0:26 / /many rw shared:9 master:2 propagate_from:4 - "
                                "cgroup2 cgroup2 rw\n");
  ASSERT_TRUE(many);
  EXPECT_EQ(many->mount, "/many");
}

TEST(FindCpuset, NothingWhereNothingIsMounted) {
  EXPECT_FALSE(find_cpuset("0::/\n", ""));
  EXPECT_FALSE(find_cpuset("", v2_mounts));
  EXPECT_FALSE(find_cpuset("11:cpuset:/\n", v2_mounts));
  EXPECT_FALSE(find_cpuset("0::/\n", "31 22 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"));
  EXPECT_FALSE(find_cpuset("junk\n::\n:\n", "junk - \n - \n31 22 - cgroup2 cgroup2 rw\n"));
}

TEST(CpusetHierarchy, IsTheOneThatHoldsTheCpusets) {
  const auto v1 = find_cpuset_hierarchy(hybrid_cgroup, hybrid_mounts);
  ASSERT_TRUE(v1);
  EXPECT_EQ(v1->version, Version::v1);
  ASSERT_EQ(v1->mounts.size(), 1U);
  EXPECT_EQ(v1->mounts[0].root, "/");
  EXPECT_EQ(v1->mounts[0].point, "/sys/fs/cgroup/cpuset");
  EXPECT_EQ(cpuset_cgroup(hybrid_cgroup), "/docker/9f3c");

  const auto v2 = find_cpuset_hierarchy("0::/a\n", v2_mounts);
  ASSERT_TRUE(v2);
  EXPECT_EQ(v2->version, Version::v2);
  EXPECT_EQ(cpuset_cgroup("0::/a\n"), "/a");
}

TEST(CpusetHierarchy, HasAllItsMounts) {
  const auto hierarchy =
      find_cpuset_hierarchy("0::/../b\n",
                            "31 22 0:26 / /first rw - cgroup2 cgroup2 rw\n"
                            "32 22 0:26 /a /second\\040one rw - cgroup2 cgroup2 rw\n");
  ASSERT_TRUE(hierarchy);
  ASSERT_EQ(hierarchy->mounts.size(), 2U);
  EXPECT_EQ(hierarchy->mounts[1].root, "/a");
  EXPECT_EQ(hierarchy->mounts[1].point, "/second one");
}

TEST(CpusetHierarchy, MayBeMountedNowhereOrNotBeThere) {
  const auto hidden = find_cpuset_hierarchy(hybrid_cgroup, v2_mounts);
  ASSERT_TRUE(hidden);
  EXPECT_TRUE(hidden->mounts.empty());
  EXPECT_FALSE(find_cpuset_hierarchy("5:memory:/\n", hybrid_mounts));
  EXPECT_FALSE(cpuset_cgroup("junk"));
}

}  // namespace
}  // namespace pinfold

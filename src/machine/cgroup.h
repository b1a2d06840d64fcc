// Where a task's cpuset stands in the file system.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/result.h>

namespace pinfold {

/// A folder of the hierarchy that holds a task's cpuset.
struct CpusetFolder {
  enum class Version {
    v1,
    v2
  };
  Version version = Version::v2;
  std::string cgroup;    ///< as in /proc/PID/cgroup: "/docker/9f3c"
  std::string mount;     ///< where the hierarchy is mounted: "/sys/fs/cgroup"
  std::string relative;  ///< the cgroup's folder below `mount`: "/docker/9f3c", or ""
};

/// From the text of /proc/PID/cgroup and of /proc/self/mountinfo. Nothing where no hierarchy
/// with cpusets is mounted, or the cgroup stands outside of what is mounted here.
std::optional<CpusetFolder> find_cpuset(std::string_view proc_cgroup, std::string_view mountinfo);

/// Where the hierarchy that holds the cpusets is mounted.
struct CpusetHierarchy {
  struct Mount {
    std::string root;   ///< the cgroup that is shown there, as in /proc/PID/cgroup: "/"
    std::string point;  ///< "/sys/fs/cgroup"
  };
  CpusetFolder::Version version = CpusetFolder::Version::v2;
  std::vector<Mount> mounts;  ///< as mountinfo has them: one may cover another
};

/// From the same texts: a kernel has cpusets in one hierarchy. Nothing where it has none.
std::optional<CpusetHierarchy> find_cpuset_hierarchy(std::string_view proc_cgroup,
                                                     std::string_view mountinfo);

/// The cgroup of the hierarchy that holds the cpusets, by the text of /proc/PID/cgroup.
std::optional<std::string_view> cpuset_cgroup(std::string_view proc_cgroup);

/// /proc/mounts as mountinfo: it does not tell which part of a file system is mounted; the whole,
/// it says. A file system of type "cpuset" (cpuset(7)) is a v1 hierarchy.
std::string mounts_as_mountinfo(std::string_view mounts);

}  // namespace pinfold

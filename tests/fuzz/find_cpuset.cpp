// Input: the text of /proc/PID/cgroup, a NUL, that of /proc/self/mountinfo.
#include "machine/cgroup.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const std::size_t split = std::min(text.find('\0'), text.size());
  const std::string_view cgroup = text.substr(0, split);
  const std::string_view mountinfo = text.substr(std::min(split + 1, text.size()));

  const auto folder = find_cpuset(cgroup, mountinfo);
  const auto hierarchy = find_cpuset_hierarchy(cgroup, mountinfo);
  const auto own = cpuset_cgroup(cgroup);
  require(own.has_value() == hierarchy.has_value(), "who is in a hierarchy has a cgroup there");
  if (!folder) return 0;
  require(hierarchy && own == folder->cgroup, "the folder is that of the task's cgroup");
  require(hierarchy->version == folder->version, "the folder is in the hierarchy");
  require(std::ranges::count(hierarchy->mounts, folder->mount, &CpusetHierarchy::Mount::point) > 0,
          "the folder is below one of the hierarchy's mounts");
  require(folder->cgroup.starts_with('/'), "a cgroup is a path from the hierarchy's root");
  require(cgroup.find(':' + folder->cgroup) != cgroup.npos, "the cgroup is the task's");
  require(folder->relative.empty() || folder->relative.starts_with('/'),
          "`relative` can be put behind the mount point");
  require(folder->cgroup.ends_with(folder->relative), "`relative` is the end of the cgroup's path");
  require(folder->relative != "/.." && !folder->relative.starts_with("/../"),
          "the folder does not lie above the mount point");
  const bool v2 = folder->version == CpusetFolder::Version::v2;
  require(mountinfo.find(v2 ? " - cgroup2 " : " - cgroup ") != mountinfo.npos,
          "the mount is one of that version");
  require(v2 || mountinfo.find("cpuset") != mountinfo.npos, "a v1 mount holds cpusets");
  return 0;
}

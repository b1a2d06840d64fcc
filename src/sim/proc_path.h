// Files of /proc that show something else in a simulated machine.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace pinfold::sim {

enum class ProcFile {
  status,
  stat,  ///< of a task: the CPU where it ran last
  cgroup,
  cpuset,
  mount_info,
  mounts,
  cpu_info,     ///< /proc/cpuinfo
  system_stat,  ///< /proc/stat
};

/// Which task's file: as the path has it.
struct ProcPath {
  enum class Whose {
    nobody,  ///< /proc/cpuinfo
    self,
    this_thread,
    number,
  };
  ProcFile file;
  Whose whose = Whose::nobody;
  pid_t process = 0;  ///< of Whose::number
  pid_t thread = 0;   ///< of /proc/PID/task/TID and /proc/self/task/TID; 0: none is named
};

/// Whether a file of that name can be one of them: what is asked of each path that is opened.
bool may_be_proc_file(std::string_view path);

/// An absolute path without "." and "..": "/proc/self/status".
std::optional<ProcPath> parse_proc_path(std::string_view path);

/// `path` as seen from the folder `base`, in which it is relative, with "." and ".." worked out.
std::string absolute_path(std::string_view base, std::string_view path);

}  // namespace pinfold::sim

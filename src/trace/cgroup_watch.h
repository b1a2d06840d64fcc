// Who writes the files that say which CPUs a cgroup has, and who is in it: fanotify(7).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "events/event.h"
#include "kernel/kernel.h"
#include "machine/cgroup.h"

namespace pinfold::trace {

/// A write that succeeded. Several by the same thread to the same file may be told as one.
struct CgroupWrite {
  enum class File {
    cpus,         ///< cpuset.cpus and what else decides which CPUs there are
    members,      ///< cgroup.procs, cgroup.threads, tasks: somebody was moved to `cgroup`
    controllers,  ///< cgroup.subtree_control: which cgroups below `cgroup` have a cpuset
  };
  Time time;  ///< when it was read: the write was before
  File file = File::cpus;
  std::string path;                   ///< as we see it where we do; not safe to print
  std::optional<std::string> cgroup;  ///< as in /proc/PID/cgroup; nothing: we do not see it
  /// It concerns a partition, whose CPUs are taken from cgroups above and beside it.
  bool partition = false;
  Tid tid;                      ///< whose write; 0: of another pid namespace
  std::optional<Actor> writer;  ///< nothing: it had ended when this was read
};

struct CgroupWrites {
  std::vector<CgroupWrite> writes;  ///< in their order
  bool missed = false;              ///< there were more, which could not be kept or read
};

/// What a file of a hierarchy with cpusets decides, by its name; nothing for those that change no
/// mask.
std::optional<CgroupWrite::File> cgroup_file(std::string_view name);

class CgroupWatch {
 public:
  /// Looks up writers by `kernel`, which must outlive it. Kind `unsupported` where the caller
  /// lacks CAP_SYS_ADMIN, where there are no cpusets or their files cannot be seen. The capability
  /// is needed for this only, not for reading.
  static Result<CgroupWatch> open(Kernel& kernel);

  /// Ready to read (poll(2)) when there is something.
  [[nodiscard]] int descriptor() const { return queue_.get(); }

  /// What has been written since, without waiting. After many events it stops, and the descriptor
  /// is ready still.
  CgroupWrites read();

  [[nodiscard]] Leg leg() const;

 private:
  CgroupWatch(Kernel& kernel, Fd queue, Fd folder, CpusetFolder::Version version,
              CpusetHierarchy::Mount mount)
      : kernel_(&kernel),
        queue_(std::move(queue)),
        folder_(std::move(folder)),
        version_(version),
        mount_(std::move(mount)) {}

  [[nodiscard]] std::optional<CgroupWrite> write_to(const Fd& file) const;
  void locate(CgroupWrite& write, const Fd& file) const;
  [[nodiscard]] std::optional<std::string> cgroup_of(std::string_view path) const;

  Kernel* kernel_;
  Fd queue_;
  Fd folder_;  // what is mounted, by which other files of it are found
  CpusetFolder::Version version_;
  CpusetHierarchy::Mount mount_;
};

}  // namespace pinfold::trace

// What stands in files of /proc on a simulated machine.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "sim/files/erofs_image.h"
#include "sim/proc_path.h"
#include "sim/world.h"

namespace pinfold::sim {

/// Replaces the lines Cpus_allowed, Cpus_allowed_list, Mems_allowed and Mems_allowed_list of
/// proc_pid_status(5).
std::string edit_status(std::string_view real, const CpuSet& allowed, unsigned cpu_ids,
                        const NodeSet& nodes);
/// Replaces the last CPU in proc_pid_stat(5).
std::string edit_stat(std::string_view real, CpuId cpu);
/// Shows the cgroup files that are served as the kernel's own, and of cgroups nothing else: what is
/// hidden behind them belongs to the machine under us. proc_pid_mounts(5), proc_pid_mountinfo(5).
std::string edit_mounts(std::string_view real, ProcFile file, model::Hierarchy cpusets);
/// /proc/stat: a line for each CPU that is online. Those that the machine under us has not were
/// idle ever since.
std::string edit_system_stat(std::string_view real, const CpuSet& online);

/// Opens files as they are read in the simulated machine.
class ProcFiles {
 public:
  /// `image` has proc/cpuinfo.
  ProcFiles(World& world, const ErofsImage& image);

  /// The descriptor that has /proc/cpuinfo.
  [[nodiscard]] int cpuinfo_number() const { return cpuinfo_.get(); }

  /// The file for the caller, opened for reading; closed where the real one is to be opened. The
  /// world's mutex is held.
  Fd open(const model::Task& caller, const ProcPath& path);

 private:
  struct Subject {
    model::Task* task;
    std::string folder;  // in a /proc that numbers tasks as the caller's does
  };
  std::optional<Subject> find(const model::Task& caller, const ProcPath& path);
  std::optional<std::string> text(const Subject& subject, ProcFile file);

  World& world_;
  Fd cpuinfo_;
};

}  // namespace pinfold::sim

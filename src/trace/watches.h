// Everything that tells of triggers without a program in the kernel.
#pragma once

#include <optional>
#include <vector>

#include "kernel/kernel.h"
#include "trace/cgroup_watch.h"
#include "trace/explain_change.h"
#include "trace/hotplug_watch.h"

namespace pinfold::trace {

/// What happened since the last question.
struct Happened {
  std::vector<Trigger> triggers;  ///< of each kind in their order
  bool missed = false;            ///< there may have been others
  CpuSet online;                  ///< now
};

/// Asking the system which CPUs are online finds those that have gone or come untold; it takes as
/// long as some hundred calls.
enum class Online {
  as_told,
  asked
};

/// Writes to cpusets where the caller may watch them, and hotplug.
class Watches {
 public:
  /// `kernel` must outlive it. What cannot be watched stands in legs().
  explicit Watches(Kernel& kernel);

  /// For poll(2).
  [[nodiscard]] std::vector<int> descriptors() const;

  /// Without waiting.
  Happened read(Online online = Online::asked);

  [[nodiscard]] const std::vector<Leg>& legs() const { return legs_; }

 private:
  void read_hotplug(Happened& happened);
  void ask_online(Happened& happened);
  void add(const CpuChange& change, Happened& happened);

  Kernel& kernel_;
  std::optional<CgroupWatch> cgroups_;
  std::optional<HotplugWatch> hotplug_;
  CpuSet online_;
  std::vector<Leg> legs_;
};

}  // namespace pinfold::trace

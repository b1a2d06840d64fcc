// Why a mask changed that no call explains: by what happened meanwhile.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>

#include "events/event.h"
#include "trace/cgroup_watch.h"
#include "trace/hotplug_watch.h"

namespace pinfold::trace {

/// Something that changes masks of others.
struct Trigger {
  enum class Kind {
    cpuset_write,
    cgroup_move,
    hotplug
  };
  Kind kind = Kind::cpuset_write;
  Time time{};
  Tid tid;                            ///< who did it; 0: not known
  std::optional<Actor> actor;         ///< nothing: nothing else is known of that one
  std::string path;                   ///< the file that was written; of a hotplug empty
  std::optional<std::string> cgroup;  ///< whose file; nothing: not known
  bool everywhere = false;            ///< a write that concerns other cgroups, too
  CpuId cpu;                          ///< of a hotplug
  bool online = false;                ///< it came; else it went
};

Trigger trigger_of(CgroupWrite write);
Trigger trigger_of(const CpuChange& change);

/// What happened between two looks at a thread's mask.
struct Meanwhile {
  std::span<const Trigger> triggers;  ///< in their order
  bool missed = false;                ///< there may have been others
  CpuSet online;                      ///< now
};

struct MaskChange {
  std::optional<std::string> cgroup;  ///< the thread's, in the hierarchy that holds the cpusets
  CpuSet before;
  CpuSet after;
};

struct Explanation {
  Cause cause = Cause::unknown;
  Attribution attribution = Attribution::unknown;
  std::optional<Actor> actor;
  std::optional<std::string> by;
};

/// Whether what was done concerns a thread of this cgroup, for certain.
bool concerns(const Trigger& trigger, const std::optional<std::string>& cgroup);

/// Nothing is guessed. What can be excluded is: a hotplug that does not have to do with the CPUs
/// that were lost and won, a write in a cgroup where the thread is not. If one explanation remains
/// it is told, as inferred; the same thing done twice is one. Of several, what they have in common
/// is told, and attributed to nobody unless all are the same actor's: container runtimes write a
/// cpuset and then move somebody there. Something that can be neither excluded nor believed,
/// because it is not known whose cgroup it was or because it was missed, leaves all unknown.
Explanation explain_change(const MaskChange& change, const Meanwhile& meanwhile);

}  // namespace pinfold::trace

// The filter of the programs once more, for changes that no call made: those are found here.
#pragma once

#include <set>
#include <string>

#include "events/event.h"
#include "trace/probes.h"

namespace pinfold::trace {

class Wanted {
 public:
  /// `cgroup` is the path that filter.cgroup is the id of.
  Wanted(const Filter& filter, std::string cgroup);

  /// A process began. It is in wherever its creator is.
  void follow(Pid creator, Tid creating_thread, Pid child);
  /// A process is known to be in. That it began may not have been told.
  void include(Pid pid, trace_role role);
  /// They have ended.
  void forget(Tid tid);
  void forget(Pid pid);

  /// Whether what happens to the thread may pass, as far as its target goes.
  [[nodiscard]] bool has_target(Pid pid, Tid tid) const { return targets_.has(pid, tid); }

  /// Whether it passes. Where an actor is wanted, a change whose actor is not known does not.
  [[nodiscard]] bool has(const SetEvent& change) const;

 private:
  struct Side {
    bool any = true;
    std::set<Pid> processes;
    std::set<Tid> threads;
    [[nodiscard]] bool has(Pid pid, Tid tid) const {
      return any || processes.contains(pid) || threads.contains(tid);
    }
  };
  static Side side(const std::optional<Tasks>& tasks);
  [[nodiscard]] bool is_below(const std::optional<std::string>& cgroup) const;
  [[nodiscard]] bool has_comm(const std::string& comm) const;

  Filter filter_;
  std::string cgroup_;
  Side targets_;
  Side actors_;
};

}  // namespace pinfold::trace

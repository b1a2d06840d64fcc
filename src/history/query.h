// What is looked for in a history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "events/event.h"

namespace pinfold::history {

/// A thread, or several: all that is given must be so.
struct Who {
  std::optional<Pid> pid;
  std::optional<Tid> tid;
  std::optional<std::uint64_t> start_time;
  std::optional<std::string> comm;  ///< whole; `*` and `?` stand for characters
  std::optional<std::string> exe;   ///< a path; only of actors
};

/// All that is given must be so.
struct Query {
  std::optional<trace::Time> since;
  std::optional<trace::Time> until;
  std::optional<Who> task;   ///< whose mask it is
  std::optional<Who> actor;  ///< who did it
  CpuSet cpus;               ///< one of them was asked for, lost or won; empty: whatever CPUs
  std::optional<std::string> cgroup;  ///< the target's or the actor's is this, or below
  bool only_failed = false;
  std::optional<std::uint64_t> newest;  ///< of the changes no more than so many
};

/// The condition on `event e`, `masks m`, `outcome o` in SQL, and the values for its places, in
/// their order. `index` is what finds the rows; empty: their ids.
struct Condition {
  std::string sql;
  std::vector<std::string> texts;  ///< numbers, too: SQLite compares them as such
  std::string index;
};

/// The function `touches(old, request, effective)` of the condition's says whether CPUs of the
/// query's are concerned.
Condition condition_of(const Query& query);

/// See Query::cpus.
bool touches(const CpuSet& cpus, const std::optional<CpuSet>& old,
             const std::optional<CpuSet>& request, const std::optional<CpuSet>& effective);

}  // namespace pinfold::history

// What stands between a task and CPUs, as data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

namespace pinfold {

/// From what nobody can change to what the task itself can. The last ones take no CPU away; they
/// say what else there is to know.
enum class ConstraintKind {
  nonexistent,    ///< no CPU of this machine can have that number
  not_present,    ///< there is room for it, but no CPU
  offline,        ///< switched off
  cpuset,         ///< a cgroup was not given it
  partition,      ///< a cgroup has it for itself
  arch,           ///< it does not run 32-bit programs
  kernel_thread,  ///< the kernel itself says where the thread runs
  permission,     ///< the task is another user's
  capabilities,   ///< the task holds capabilities that the caller has not
  deadline,       ///< SCHED_DEADLINE: no mask without all CPUs of the root domain
  command,        ///< the command cannot be executed
  isolated,       ///< nothing is balanced there: nobody comes there who was not put there
  nohz_full,      ///< it runs without the scheduler's tick, and without the kernel's own threads
  request,        ///< the mask that somebody asked for is without it
  disagreement,   ///< allowed has it and effective has not
  escaper,        ///< the command, or a library, leaves the mask that it inherits
  binder,         ///< a library binds each thread to a part of the mask
};

/// "not_present", as it stands in JSON.
const char* name(ConstraintKind kind);

struct Constraint {
  ConstraintKind kind = ConstraintKind::nonexistent;
  CpuSet takes;            ///< of what was asked for; each CPU is taken by one constraint only
  CpuSet cpus;             ///< what it is about: `takes`, or where that is nothing, what it says
                           ///< something of
  CpuSet limit = {};       ///< what there is instead: the CPUs that exist, that a cgroup leaves, …
  std::string by = {};     ///< who imposes it: "cgroup /docker/9f3c", "bob"
  std::string where = {};  ///< the file that says so, or the rule
  std::string lifts = {};  ///< what to do about it; empty where nothing helps
};

/// What holds for some threads of one process.
struct Diagnosis {
  Pid pid;
  std::string name;          ///< the process's, as it stands: not safe to print
  std::vector<Tid> threads;  ///< for whom it holds
  bool whole_process = false;

  std::optional<CpuSet> asked;  ///< nothing: the question was why the mask is as it is
  /// What it asked for last, as TaskMasks has it; not looked for where CPUs were asked about.
  std::optional<CpuSet> request;
  CpuSet allowed;  ///< the mask; where CPUs were asked for, that of the first thread
  CpuSet effective;
  std::vector<Constraint> constraints;

  /// What the constraints leave of what was asked for; else, where the threads can run now.
  [[nodiscard]] CpuSet left() const;

  /// Whether all that was asked for is left; else, whether there is any CPU to run on.
  [[nodiscard]] bool may() const;
};

}  // namespace pinfold

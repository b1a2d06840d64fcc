// Many tasks at once, with their masks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold {

/// A task as /proc shows it to everybody.
struct Task {
  Pid pid;
  Pid parent;  ///< 0 where it has none in this pid namespace
  Tid tid;
  std::string name;              ///< comm, as it stands: not safe to print
  char state = '?';              ///< R, S, D, T, t, Z, X, I: proc_pid_stat(5)
  std::uint64_t start_time = 0;  ///< clock ticks after boot; with the tid, who the task is
  CpuId cpu;                     ///< where it runs, or ran last
  bool kernel_thread = false;
  bool bound_by_kernel = false;  ///< PF_NO_SETAFFINITY: its mask cannot be set
  bool deadline = false;         ///< SCHED_DEADLINE
};

/// A task and what the kernel keeps of its masks, at one moment.
struct TaskMasks {
  Task task;
  CpuSet allowed;  ///< Cpus_allowed of proc_pid_status(5)
  /// The mask last asked for, by the task or by whose child it is. Empty: none was, or the kernel
  /// has forgotten it; nothing: the kernel does not tell.
  std::optional<CpuSet> request;
  /// It was seen outside clone, clone3, fork and vfork. False says nothing.
  bool outside_clone = false;
};

struct Everybody {};

/// Whose masks: all tasks' that can be seen, a process's threads', one thread's.
using Scope = std::variant<Everybody, Pid, Tid>;

/// Called for one task after the other: what it is given lasts as long as the call. It shall not
/// ask for tasks itself.
using VisitTask = std::function<void(const TaskMasks&)>;

/// Reads tasks in one pass, where the caller may do that. Safe to use from several threads.
class TaskReader {
 public:
  virtual ~TaskReader() = default;

  /// In no order. Who is not there is not in it. Kind `unsupported` where the system has no such
  /// thing, `system` with EPERM where the caller may not use it.
  virtual Result<void> read(const Scope& scope, const VisitTask& visit) = 0;
};

}  // namespace pinfold

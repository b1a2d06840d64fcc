// Tasks and processes of a modelled system.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "cpuset/mask.h"
#include "kernel/memory_policy.h"
#include "model/credentials.h"
#include "model/list.h"

namespace pinfold::model {

struct Cgroup;
struct PidNamespace;
struct Process;

enum class TaskState : std::uint8_t {
  unborn,    ///< inside clone(2): it has its mask, and nobody can see it
  runnable,  ///< on a CPU, or in its queue
  sleeping,
  zombie,
};

enum class KernelThread : std::uint8_t {
  no,
  unbound,  ///< may run anywhere
  bound,    ///< PF_NO_SETAFFINITY: its CPU is fixed
};

/// What the kernel schedules. The layout is kept small: there may be a million of them.
struct Task {
  Link<Task> in_process;
  Link<Task> in_cgroup;
  Link<Task> in_queue;

  Process* process = nullptr;
  Cgroup* cgroup = nullptr;
  Task* creator = nullptr;  ///< while it is unborn: who is inside clone(2)
  Mask allowed;             ///< cpus_mask: Cpus_allowed
  Mask request;             ///< user_cpus_ptr; none: never asked, or forgotten
  std::shared_ptr<const Credentials> credentials;
  const PidNamespace* pid_namespace = nullptr;
  /// Numbers in namespaces below the first, from the outermost on; null where there are none.
  std::unique_ptr<std::vector<pid_t>> inner_numbers;
  std::unique_ptr<MemoryPolicy> memory_policy;  ///< null: none of its own
  pid_t number = 0;                             ///< in the first pid namespace
  unsigned cpu = 0;                             ///< where it runs, or ran last
  std::uint64_t start_time = 0;                 ///< clock ticks after boot
  std::array<char, 16> comm{};
  TaskState state = TaskState::unborn;
  KernelThread kernel_thread = KernelThread::no;
  bool deadline = false;  ///< SCHED_DEADLINE
  bool cloning = false;   ///< inside clone(2), making a thread
  bool forking = false;   ///< inside fork(2), making a process

  [[nodiscard]] Tid tid() const { return Tid(number); }
  [[nodiscard]] bool is_kernel_thread() const { return kernel_thread != KernelThread::no; }
  [[nodiscard]] std::string name() const;
  /// Longer names are cut to 15 bytes, as by prctl(2).
  void rename(std::string_view name);
};

/// The file that a process runs.
struct Program {
  std::string path;
  FileId file;
  bool is_32_bit = false;
};

/// Threads that share everything, and what belongs to all of them.
struct Process {
  List<Task, &Task::in_process> threads;  ///< in the order in which they came to be
  Link<Process> beside;
  List<Process, &Process::beside> children;
  Process* parent = nullptr;  ///< null: none in this system
  Task* leader = nullptr;
  std::shared_ptr<const Program> program;  ///< null: a kernel thread, or it has ended
  bool dumpable = true;                    ///< may be looked at by who is the same user
  bool reaper = false;  ///< takes orphans below it (prctl(2), PR_SET_CHILD_SUBREAPER)

  [[nodiscard]] Pid pid() const;
};

/// Where numbers of tasks mean something. A task has one in its own namespace and in all above.
struct PidNamespace {
  const PidNamespace* parent = nullptr;  ///< null for the first
  unsigned level = 0;
  std::uint64_t id = 0;     ///< the inode of /proc/PID/ns/pid
  Process* init = nullptr;  ///< its first process; with it all others end
};

}  // namespace pinfold::model

// A running system, as far as affinity goes. src/linux is the one under us; a model can be
// another. What stands above knows this interface only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "base/file.h"
#include "kernel/activity.h"
#include "kernel/memory_policy.h"
#include "kernel/task_reader.h"
#include "machine/limits.h"
#include "machine/memory_limits.h"

namespace pinfold {

struct Credentials {
  uid_t real = 0;
  uid_t effective = 0;
  std::uint64_t permitted = 0;  ///< capabilities(7), bit by number
  std::uint64_t in_force = 0;   ///< those of them that are effective
};

/// Where numbers of tasks mean something: until the next boot, and in one pid namespace.
struct SystemId {
  std::string boot;  ///< /proc/sys/kernel/random/boot_id
  std::uint64_t pid_namespace = 0;
  friend bool operator==(const SystemId&, const SystemId&) = default;
};

/// The threads of a process at one moment.
struct Listing {
  std::vector<Tid> threads;  ///< in the order in which they came to be
  /// The walk met no thread that was just ending, and nothing interrupted it. If moreover the
  /// last thread listed is still alive afterwards, the walk went to the end of the list:
  /// whoever lived all the while is listed.
  bool whole = false;
};

enum class Held {
  stopped,     ///< it was stopped and let go
  not_needed,  ///< it was seen outside clone, or had ended, before that
};

/// One process, held by a handle: never another that got the same number later.
class Process {
 public:
  virtual ~Process() = default;

  /// Kind `no_such_task` when the process has ended.
  virtual Result<Listing> list() = 0;

  /// How many threads there are at this moment, those that are ending with them; nothing where
  /// that cannot be known.
  virtual std::optional<std::size_t> count() = 0;

  /// Kind `no_such_task` when it is no thread of this process.
  virtual Result<Task> task(Tid tid) = 0;

  /// Safe to call from several threads at once.
  virtual Activity activity(Tid tid) = 0;

  /// Takes the thread out of whatever it runs, for a moment: when this returns it was, at some
  /// point since the call, outside clone or gone. Kind `system` with EPERM where tracing is
  /// refused, ETIMEDOUT when it did not stop.
  virtual Result<Held> hold(Tid tid) = 0;
};

/// Tid(0) is the caller's thread throughout. Errors of kind `system` carry the errno of the
/// call that failed; a task that is not there is `no_such_task`. Safe to use from several
/// threads.
class Kernel {
 public:
  virtual ~Kernel() = default;

  /// Allowed ∩ active, what sched_getaffinity(2) answers. ESRCH stays kind `system`.
  virtual Result<CpuSet> effective(Tid tid) = 0;

  /// sched_setaffinity(2), and nothing else.
  virtual Result<void> set_affinity(Tid tid, const CpuSet& cpus) = 0;

  /// What the kernel keeps: Cpus_allowed of proc_pid_status(5).
  virtual Result<CpuSet> allowed(Tid tid) = 0;

  /// The tasks with what they are allowed and what they asked for, in no order. `request` is
  /// told since Linux 6.2. Kind `unsupported` where the system cannot tell that of many at once,
  /// `system` with EPERM where the caller may not know, `no_such_task` where nobody is there.
  virtual Result<std::vector<TaskMasks>> snapshot(const Scope& scope) = 0;

  /// The same, one after the other: where only a little is wanted of each of many, most of what a
  /// snapshot takes is its memory.
  virtual Result<void> for_each_task(const Scope& scope, const VisitTask& visit) {
    const auto tasks = snapshot(scope);
    if (!tasks) return fail(Error(tasks.error()));
    for (const TaskMasks& masks : *tasks)
      visit(masks);
    return {};
  }

  virtual Result<SystemCpus> cpus() = 0;
  virtual Result<SystemId> system_id() = 0;
  virtual Result<Task> task(Tid tid) = 0;
  virtual Result<Credentials> credentials(Tid tid) = 0;

  /// What its cpuset leaves to the task, by the cgroup that narrows it: of the task's own and those
  /// above, the one farthest up that allows no more. Nothing where none can be seen.
  virtual Result<std::optional<CpusetLimit>> cpuset(Tid tid) = 0;

  /// Which nodes there are, and what the cpuset leaves of their memory to the caller. Kind
  /// `unsupported` where the system tells of no node.
  virtual Result<MemoryLimits> memory_limits() = 0;

  /// get_mempolicy(2) and set_mempolicy(2), and nothing else: of the calling thread, for there is
  /// no way to reach another's.
  virtual Result<MemoryPolicy> memory_policy() = 0;
  virtual Result<void> set_memory_policy(const MemoryPolicy& policy) = 0;

  /// All cgroups with a cpuset that the task is in: its own first, then those above it, up to the
  /// root of what can be seen.
  virtual Result<std::vector<CpusetLevel>> cpusets(Tid tid) = 0;

  /// The partitions of cgroup v2 that can be seen, an outer one before those inside it.
  virtual Result<std::vector<Partition>> partitions() = 0;

  /// Whether the caller has CAP_SYS_NICE in force in the task's user namespace, by which it may
  /// set whoever's mask. A namespace that cannot be looked at is taken for the caller's own if
  /// nothing speaks against that.
  virtual Result<bool> may_set_anybody(Tid tid) = 0;

  /// Whether the task runs a 32-bit program, by the class of its executable; nothing where that
  /// cannot be known: a kernel thread has none, and another user's cannot be read.
  virtual std::optional<bool> runs_32_bit(Tid tid) = 0;

  /// Whether the kernel admits SCHED_DEADLINE tasks only where it has time for them: their masks
  /// cannot be narrowed then (sched_rt_runtime_us is not -1).
  virtual bool deadline_admission() = 0;

  /// Whether SMT is switched off (/sys/devices/system/cpu/smt/control): "off", "forceoff"; empty
  /// where it is not.
  virtual std::string smt_switched_off() = 0;

  /// Every process that can be seen, in ascending order.
  virtual Result<std::vector<Pid>> processes() = 0;

  /// The leader of a process that processes() told of: task(), at half the price.
  virtual Result<Task> leader(Pid pid) = 0;

  /// The file that the process runs; nothing for kernel threads and processes that have ended.
  /// Kind `system` with EACCES where the caller may not look.
  virtual Result<std::optional<FileId>> executable(Pid pid) = 0;

  /// Its path, with " (deleted)" behind it where that is no longer the path of the file. Errors
  /// as above.
  virtual Result<std::string> executable_path(Pid pid) = 0;

  /// The task's cgroup in each hierarchy, as the caller's cgroup namespace shows them.
  virtual Result<std::vector<std::string>> cgroups(Tid tid) = 0;

  /// Kind `not_a_process` when the number is that of a thread.
  virtual Result<std::unique_ptr<Process>> process(Pid pid) = 0;
};

}  // namespace pinfold

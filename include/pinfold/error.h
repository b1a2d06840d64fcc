// Why something could not be done, as data; `message` and `hint` make the text for people.
#pragma once

#include <cstddef>
#include <string>

namespace pinfold {

enum class ErrorKind {
  syntax,       ///< text that does not parse: `text`, `column`, `reason`
  empty_set,    ///< no CPU was asked for, or none is left: `text`; `reason` where a name names
                ///< none; `limit`, `owner`, `file` where a cgroup allows less than the machine has
  no_such_cpu,  ///< CPUs that this machine does not have: `cpus`, `limit`
  offline_cpu,  ///< CPUs that are there but switched off: `cpus`, `limit`
  cpuset,       ///< a cgroup does not allow the CPUs: `task`, `cpus`, `limit`, `owner`, `file`
  isolated_only,  ///< a cgroup allows only isolated CPUs: `task`, `limit`, `owner`, `file`
  narrowed,  ///< the kernel gave less than asked, no known limit says why: `task`, `cpus`, `limit`
  refused,   ///< the kernel refused the mask, no known limit says why: `task`, `cpus`, `number`
  no_such_object,  ///< what a place names and the machine does not have: `reason`; `text`, `column`
                   ///< where it stands in a place
  no_room,         ///< more workers than a place has room for: `text` (how many), `reason` (what
                   ///< there is for them), `limit` (the CPUs of the place)
  no_such_task,    ///< `task`
  no_match,       ///< a selection that means nobody: `text`; `task` who matches it but is left out;
                  ///< `reason` and `advice` where they are known
  growing,        ///< new processes match a selection faster than they are set: `text`
  not_a_process,  ///< a thread's number where a process was expected: `task`, `owner` (its
                  ///< process), `text`
  task_replaced,  ///< the number went to another task meanwhile: `task`, `owner` (who has it now)
  permission,     ///< the task is another user's: `task`, `owner` (that user)
  capabilities,   ///< the task holds capabilities that the caller has not: `task`, `text` (them)
  kernel_thread,  ///< a kernel thread whose CPU is fixed: `task`
  deadline,       ///< SCHED_DEADLINE allows no narrower mask: `task`, `limit` (its root domain)
  no_free_slot,   ///< each slot is held by somebody: `cpus` (of all of them), `text` (how many)
  nothing_left,   ///< CPUs for one alone are all that there are: `cpus`, `limit` (of everybody)
  nothing_to_undo,  ///< no change is known whose processes are still there
  busy,             ///< another pinfold is at work on it: `text`
  no_such_node,     ///< NUMA nodes that this machine does not have: `text` (them), `limit` (those
                    ///< there are)
  no_memory,        ///< nodes that have none: `text` (them), `limit` (those that have)
  cpuset_nodes,     ///< a cgroup does not allow these nodes' memory: `task`, `text` (them), `limit`
                    ///< (those it allows); `owner`, `file` where the cgroup can be seen
  memory_policy,  ///< the kernel made another policy of it, no known limit says why: `task`, `text`
                  ///< (what was asked), `limit` (what it is)
  filtered,       ///< a filter of system calls (seccomp) refuses one: `text` (the call), `number`
  not_proved,   ///< set, but a thread may have started with the old mask: `task`, `text` (how many)
  unsupported,  ///< something this needs is missing: `text`, `reason`
  system,       ///< a system call failed: `text` (call or file), `number`
};

/// A failure. Which fields are filled is said at each kind; the others are empty.
struct Error {
  ErrorKind kind = ErrorKind::system;
  int number = 0;           ///< errno, 0 where no call failed
  std::string task = {};    ///< the task, as people know it: "nginx (1234)"
  std::string cpus = {};    ///< the CPUs at fault, as a CPU list
  std::string limit = {};   ///< the CPUs that there are, or that are allowed, as a CPU list
  std::string owner = {};   ///< who imposes it: a cgroup's path, a user, a process
  std::string file = {};    ///< the file that says so
  std::string text = {};    ///< the input, or the name of what is missing
  std::string reason = {};  ///< what is wrong with `text`
  std::string advice = {};  ///< the way out, where the kind alone does not tell
  std::string now = {};     ///< the CPUs that the task has now, where it was changed all the same
  std::size_t column = 0;   ///< where in `text`, from 0
  bool clippable = false;   ///< without the CPUs at fault there would be some left
};

/// One sentence for people: the thing and the reason. Lines of `text` with a caret below
/// follow for syntax errors. Names from processes are made safe for a terminal.
std::string message(const Error& error);

/// The way out, one sentence, or empty where there is none to give.
std::string hint(const Error& error);

/// The kind's name as it stands in JSON: "no_such_cpu".
const char* name(ErrorKind kind);

}  // namespace pinfold

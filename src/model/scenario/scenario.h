// Scenarios: what happens to a system, a line for each operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "model/system.h"

namespace pinfold::model {

/// Tasks have names in a scenario: a word of letters, digits, `_` and `-` that begins with a
/// letter. `init` and `kthreadd` are there from the start, and so is every other kernel thread by
/// its comm
/// (`migration/0`). What an operation does not say otherwise is done by `init`, which is root.
/// Whoever does something is awake for it, and sleeps again unless it spins.
///
/// Words stand between spaces and tabs. A word that begins with `#` begins a comment.
namespace operation {

/// `machine pack:1 core:4 pu:2;isolated=6-7`, `kernel 6.12`, `cpusets v2`, `nr_cpus 256`: how the
/// system is made. Before everything else, each at most once.
struct Setting {
  std::string name;
  std::string value;
  friend bool operator==(const Setting&, const Setting&) = default;
};
/// `start A`: a process that `init` forks. `fork A B`: A's child B. `thread A B`: a thread of A's
/// process that A makes. `begin fork A B`, `begin thread A B`: B has A's mask, and nobody sees it
/// before `finish B`. New tasks sleep.
struct Clone {
  std::string creator;
  std::string made;
  System::Make make = System::Make::process;
  bool begin_only = false;
  friend bool operator==(const Clone&, const Clone&) = default;
};
/// `finish B`, `exit A` (the thread), `kill A` (its process), `reap A` (a zombie process),
/// `spin A` (it computes from now on), `sleep A`, `exec A`, `userns A` (a user namespace of its
/// own), `deadline A`.
struct Life {
  enum class Verb {
    finish,
    exit,
    kill,
    reap,
    spin,
    sleep,
    exec,
    userns,
    deadline,
  };
  Verb verb = Verb::exit;
  std::string task;
  friend bool operator==(const Life&, const Life&) = default;
};
/// `uids A 1001 1001 1001`: setresuid(2). `caps A PERMITTED EFFECTIVE`: capset(2), hexadecimal.
struct Uids {
  std::string task;
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  friend bool operator==(const Uids&, const Uids&) = default;
};
struct Capabilities {
  std::string task;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};
/// `set A 1,5` (by `init`), `set A 1,5 by B`: sched_setaffinity(2); `set A none`: no CPU.
struct Set {
  std::string task;
  CpuSet cpus;
  std::string by = "init";
  friend bool operator==(const Set&, const Set&) = default;
};
/// `get A`: what sched_getaffinity(2) answers, and Cpus_allowed behind it.
struct Get {
  std::string task;
  friend bool operator==(const Get&, const Get&) = default;
};
/// `mkdir /a`, `rmdir /a`, `write /a cpuset.cpus 0-3`, `write /a cpuset.cpus` (an empty line),
/// `read /a cpuset.cpus`, `move A /a` (its process: cgroup.procs), `move thread A /a` (v1: tasks).
struct Make {
  std::string cgroup;
  friend bool operator==(const Make&, const Make&) = default;
};
struct Remove {
  std::string cgroup;
  friend bool operator==(const Remove&, const Remove&) = default;
};
struct Write {
  std::string cgroup;
  std::string file;
  std::string text;
  friend bool operator==(const Write&, const Write&) = default;
};
struct Read {
  std::string cgroup;
  std::string file;
  friend bool operator==(const Read&, const Read&) = default;
};
struct Move {
  std::string task;
  std::string cgroup;
  bool thread_only = false;
  friend bool operator==(const Move&, const Move&) = default;
};
/// `offline 1`, `online 1`.
struct Hotplug {
  CpuId cpu;
  bool online = false;
  friend bool operator==(const Hotplug&, const Hotplug&) = default;
};
/// `show`, `show A B`: a table of all tasks that the scenario made, or of these.
struct Show {
  std::vector<std::string> tasks;
  friend bool operator==(const Show&, const Show&) = default;
};

}  // namespace operation

using Action = std::variant<operation::Setting, operation::Clone, operation::Life, operation::Uids,
                            operation::Capabilities, operation::Set, operation::Get,
                            operation::Make, operation::Remove, operation::Write, operation::Read,
                            operation::Move, operation::Hotplug, operation::Show>;

struct Operation {
  Action action;
  /// `at cpuset_read OPERATION`: not now, but when a call next comes to that step (mask_copied,
  /// cpuset_read, mask_set).
  std::optional<Step> at = {};
  /// `OPERATION => EINVAL`, `get A => 0-3`: what Outcome::summary() must be.
  std::optional<std::string> expected = {};
  /// Where it stands in its script, from 1; parse_operation() does not know, and leaves 0.
  std::size_t line = 0;
  friend bool operator==(const Operation&, const Operation&) = default;
};

/// An empty line, or one with a comment (`#`) only, is nothing. Errors are of kind `syntax`, with
/// the column; its `text` is all of `text`.
Result<std::optional<Operation>> parse_operation(std::string_view text);
/// The line, as parse_operation() takes it.
std::string to_text(const Operation& operation);

/// What came of an operation.
struct Outcome {
  int error = 0;          ///< errno; 0: it was done
  std::string text = {};  ///< of get, read and show
  bool answers = false;   ///< there is a text, an empty one perhaps
  bool waits = false;     ///< `at`: it was not done yet
  /// "ok", "EINVAL", "0-3"; "none" for an empty text, "waits" for what was not done yet. Of several
  /// lines, all in one.
  [[nodiscard]] std::string summary() const;
};

/// "EINVAL"; "errno 200" for one that nobody knows.
std::string errno_name(int error);

/// An operation that waited for a step, and what came of it then.
struct Happened {
  Operation operation;
  Result<Outcome> outcome;
};

/// "runnable".
const char* name(TaskState state);

/// A task, as `show` has it.
struct TaskView {
  std::string name;
  pid_t number = 0;
  TaskState state = TaskState::unborn;
  bool is_running = false;
  unsigned cpu = 0;
  CpuSet allowed;
  std::optional<CpuSet> request;
  CpuSet effective;
  std::string cgroup;
};

/// Plays operations on a system of its own.
class Player {
 public:
  Player() = default;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// For what the scenario does not say. The kernel is the newest else, and cpusets are the newest
  /// that it has.
  Result<void> set_default(const operation::Setting& setting);

  /// What cannot be played at all is an Error: an unknown name, a name that is taken, a setting too
  /// late. `text`, where it is not empty, is the part of the operation that is at fault. What the
  /// kernel refuses is an Outcome. Calls of the scenario's tasks with the number of a task that has
  /// ended are ESRCH.
  Result<Outcome> play(const Operation& operation);

  /// Null before the first operation that is no setting.
  [[nodiscard]] System* system() const { return system_.get(); }
  /// Null: there is none of that name, or it has ended. Kernel threads have their comm as name.
  [[nodiscard]] Task* task(std::string_view name) const;
  /// The kernel's log since the last time it was asked for.
  std::vector<std::string> take_log();
  /// Operations that waited for a step, and have met it since the last time they were asked for.
  std::vector<Happened> take_happened();
  /// Those that still wait.
  [[nodiscard]] const std::vector<Operation>& waiting() const { return waiting_; }
  /// These tasks; without names all that the scenario made and that are still there.
  [[nodiscard]] Result<std::vector<TaskView>> look_at(const std::vector<std::string>& names) const;

 private:
  class Act;
  struct Named {
    Task* task = nullptr;  // null: it has ended
    pid_t number = 0;      // the last that it had
  };

  struct Unborn {
    Task* task;
    bool woke_creator;
  };

  Result<void> decide(const operation::Setting& setting);
  Result<void> open_system();
  Result<Outcome> act(const Action& action);
  void meet(Step step, Task& task);

  std::optional<Machine> machine_;
  const Profile* profile_ = nullptr;
  std::optional<Hierarchy> hierarchy_;
  std::optional<unsigned> nr_cpus_;
  std::vector<std::string> said_;  // the settings that the scenario made

  std::unique_ptr<System> system_;
  std::map<std::string, Named, std::less<>> tasks_;
  std::unordered_map<const Task*, std::string> names_;  // of those that are there
  std::string making_;  // the name of the task that a call of clone is about to make
  std::vector<Unborn> unborn_;
  std::vector<const Task*> in_calls_;  // who makes them, and on whom
  std::vector<Operation> waiting_;
  std::vector<Happened> happened_;
  std::vector<std::string> log_;
};

/// `show`'s table, a line a task, with a head.
std::string to_table(const std::vector<TaskView>& tasks);

}  // namespace pinfold::model

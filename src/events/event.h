// What `trace` tells: every change of a thread's mask, and what is to be known of the telling.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

namespace pinfold::trace {

/// Of CLOCK_REALTIME.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// How a program calls the kernel. (x32 is told as x86-64.)
enum class CallAbi {
  x86_64,
  i386,
  arm64,
  arm
};

struct Ancestor {
  Pid pid;
  std::string comm;
};

/// Numbers of tasks are those of the tracer's pid namespace. Names are as they stand: not safe to
/// print. What the kernel did not tell with the event is looked up in /proc afterwards, and is
/// missing where the task has ended before that.
struct Actor {
  Pid pid;
  Tid tid;
  std::uint64_t start_time = 0;  ///< clock ticks after boot, as Task::start_time; 0: not known
  std::optional<Pid> ns_pid;     ///< as the actor's own pid namespace has them
  std::optional<Tid> ns_tid;
  std::string comm;
  std::optional<std::string> exe;  ///< a path
  std::optional<uid_t> uid;        ///< the real one
  std::optional<std::string> cgroup;
  std::optional<std::string> container;  ///< its id, found in the cgroup's path
  std::optional<CallAbi> abi;
  std::vector<Ancestor> parents;  ///< its parent first
};

struct TargetTask {
  Pid pid;
  Tid tid;
  std::string comm;
  std::uint64_t start_time = 0;  ///< clock ticks after boot
  std::optional<std::string> cgroup;
};

/// Who the target is to the actor.
enum class Relation {
  self,        ///< the same thread
  thread,      ///< another of its process
  child,       ///< a thread of a child process
  descendant,  ///< of one farther down
  other
};

enum class Cause {
  syscall,       ///< sched_setaffinity(2)
  cpuset_write,  ///< somebody wrote a file of a cpuset
  cgroup_move,   ///< somebody moved the thread to another cgroup
  hotplug,       ///< CPUs went or came
  fallback,      ///< none of its CPUs was left: the kernel gave it others
  inheritance,   ///< it began with a mask narrower than all that its cpuset allows
  unknown
};

enum class Attribution {
  exact,     ///< the kernel told actor and change together
  inferred,  ///< the change was found after something that explains it
  unknown
};

enum class OldFrom {
  commit,      ///< read by the kernel as it replaced it
  remembered,  ///< from a snapshot or an event before
  unknown
};

/// A place in a program: an offset into a file. Without a file: an address that belongs to none.
struct Frame {
  std::string module;
  std::uint64_t offset = 0;
};

/// The call's arguments as the caller gave them.
struct CallArguments {
  std::int32_t pid = 0;  ///< as the caller's pid namespace has it; 0: itself
  std::uint64_t length = 0;
  std::uint64_t mask = 0;  ///< an address
};

/// A call, or a change that no call of the target's name explains.
struct SetEvent {
  Time time;
  std::uint64_t seq = 0;             ///< of the stream, from 1 on; each event has one
  std::optional<CpuId> cpu;          ///< where the actor ran
  std::optional<Actor> actor;        ///< nothing: not known
  std::optional<TargetTask> target;  ///< nothing: the call named nobody
  std::optional<Relation> relation;
  std::optional<CpuSet> old;  ///< what the target was allowed before
  OldFrom old_from = OldFrom::unknown;
  std::optional<CpuSet> request;           ///< the caller's memory, read as the call ended
  std::optional<CpuSet> kernel_request;    ///< the kernel's copy of it
  std::optional<CpuSet> effective;         ///< what the target is allowed after it
  std::optional<CallArguments> arguments;  ///< of calls only, as `result`
  std::optional<std::int64_t> result;      ///< 0, or -errno
  Cause cause = Cause::unknown;
  Attribution attribution = Attribution::unknown;
  bool trusted = false;           ///< `request` is certainly what was asked for
  std::optional<bool> narrowed;   ///< `effective` is less than was asked for
  std::optional<std::string> by;  ///< the file that was written, or the cgroup moved to
  std::vector<Frame> callers;     ///< innermost first; only where they were wanted
  /// How many calls like it, one after the other by the same actor for the same target, this
  /// stands for; `time` and masks are the last one's.
  std::uint64_t count = 1;
};

/// sched_getaffinity(2), told on request.
struct GetEvent {
  Time time;
  std::uint64_t seq = 0;
  std::optional<CpuId> cpu;
  Actor actor;
  std::optional<TargetTask> target;
  std::optional<Relation> relation;
  CallArguments arguments;
  std::int64_t result = 0;       ///< bytes, or -errno
  std::optional<CpuSet> answer;  ///< the caller's memory, read as the call ended
  std::uint64_t count = 1;
};

/// Events that the kernel had no room for. A snapshot follows.
struct LostEvent {
  std::uint64_t seq = 0;
  std::uint64_t count = 0;   ///< of calls and commits
  std::uint64_t others = 0;  ///< births, ends and moves, from which changes are known
  Time from;                 ///< not before
  Time to;                   ///< not after
  std::optional<CpuId> cpu;
};

/// Calls that were not told because their actor makes more than --rate allows.
struct SuppressedEvent {
  Time time;
  std::uint64_t seq = 0;
  Pid actor;
  std::string comm;
  std::uint64_t count = 0;
};

/// All masks were read.
struct SnapshotEvent {
  Time time;
  std::uint64_t seq = 0;
  std::string reason;  ///< "start", "lost", "cpuset", "hotplug"
  std::uint64_t threads = 0;
  std::uint64_t changed = 0;  ///< whose masks are not what was known of them: a `set` each follows
};

/// One way to learn of changes, and whether it is open here.
struct Leg {
  std::string name;    ///< "calls", "commits", "cgroup moves", "cpuset writes", "hotplug", …
  std::string chosen;  ///< the hook: "tp_btf/sys_exit"; empty: none
  std::string reason;  ///< why none, or nothing better
  std::string blind;   ///< what it cannot see; may be empty
};

struct StartEvent {
  Time time;
  std::uint64_t seq = 0;
  std::string kernel;  ///< release
  unsigned cpu_ids = 0;
  bool sampled = false;  ///< without BPF: masks are compared from time to time
  std::vector<Leg> legs;
};

struct EndEvent {
  Time time;
  std::uint64_t seq = 0;
  std::uint64_t seen = 0;  ///< calls and changes that passed the filters
  std::uint64_t sent = 0;  ///< of them, those that were told, merged ones counted each
  std::uint64_t lost = 0;  ///< seen = sent + lost + suppressed
  std::uint64_t suppressed = 0;
  std::uint64_t lost_others = 0;  ///< as LostEvent::others
};

using Event = std::variant<StartEvent, SetEvent, GetEvent, LostEvent, SuppressedEvent,
                           SnapshotEvent, EndEvent>;

}  // namespace pinfold::trace

// What records, writes and snapshots come to: events, one after the other.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/kernel.h"
#include "trace/explain_change.h"
#include "trace/known_tasks.h"
#include "trace/lives.h"
#include "trace/memory.h"
#include "trace/record.h"
#include "trace/rivals.h"
#include "trace/wanted.h"
#include "trace/watches.h"

namespace pinfold::trace {

/// Takes events as they come.
using Sink = std::function<void(const Event&)>;

struct StreamOptions {
  RecordShape shape;
  CpuSet possible;
  CpuSet isolated;
  bool only_changes = false;  ///< calls that left the mask as it was, and failed ones, are left out
  bool inherited = true;      ///< tell of children that begin with a narrowed mask
  bool has_commits = false;   ///< records of commits come, too
  /// No call of an actor is left out by the kernel's filter, whatever it asks for: what was
  /// committed before a call's end is that call's.
  bool every_call = true;
  int cpuset_hierarchy = 0;  ///< its number, as moves have it
  LifeSink lives;            ///< empty: nobody wants them
};

class Stream {
 public:
  Stream(Kernel& kernel, const StreamOptions& options, Wanted wanted, Sink sink);

  /// CLOCK_REALTIME minus CLOCK_MONOTONIC, which changes when the clock is set.
  void use_clock_offset(std::chrono::nanoseconds offset) { offset_ = offset; }
  [[nodiscard]] Time time(Moment moment) const;

  /// An event of the stream's own: gets its number.
  void tell(Event event);

  /// A record that will be taken some milliseconds later. Of two who set one thread at once it is
  /// known by then, and neither is trusted for what both sides agree in.
  void announce(const Record& record) { rivals_.hear(record); }

  /// In the order of their times, those of commits before those of calls. `count` repeats of a call
  /// are told as one.
  void take(const Record& record, std::uint64_t count = 1);

  /// Things that change masks of others: snapshots show what came of them.
  void take(Happened happened);

  /// What a snapshot differs in from what is known; see Remembered, and Lives.
  std::vector<Change> compare(const std::vector<TaskMasks>& snapshot, Moment began, Whole whole);
  /// Of the first snapshot: tells who is there.
  void meet(Moment began);
  /// They wait for confirm(). What is told of one of these threads until then and has led to
  /// another mask came after the change.
  void await(const std::vector<Change>& changes);
  /// Tells of those of which nothing was heard meanwhile.
  void confirm(const std::vector<Change>& changes);
  /// A snapshot that began then has shown what triggers before it have done, and who came or went
  /// untold.
  void settle(Moment began);
  /// Nothing waits for what happened so long ago any more.
  void forget_triggers(Moment before);
  /// Records were lost: of calls that are to be joined with what they committed, of things that
  /// change masks.
  void miss() {
    pending_.clear();
    missed_ = true;
    rivals_.miss();
  }

  /// Changes that wait for what explains them: told once they are older than this, or while a CPU
  /// is being switched a while later.
  void flush_commits(Moment before);

  /// Of calls and changes, repeats counted.
  [[nodiscard]] std::uint64_t told() const { return told_; }
  [[nodiscard]] std::uint64_t told_changes() const { return told_changes_; }
  /// Calls that passed the kernel's filter and not ours.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  /// A process passes the filter whose birth may have been lost.
  void include(Pid pid, trace_role role) { wanted_.include(pid, role); }
  /// A process was moved whose other threads are to be looked at.
  std::vector<Pid> take_moved() { return std::exchange(moved_, {}); }

 private:
  // What an actor's call did before it ended: of a commit target and masks, of what was asked only
  // that.
  struct Pending {
    Moment moment{};
    Tid target;
    std::uint64_t target_start = 0;
    std::optional<CpuSet> old;
    std::optional<CpuSet> request;
  };
  struct Waiting {
    Moment moment{};
    SetEvent event;
    bool by_kernel = false;
  };
  struct Ending {
    Moment moment{};
    Tid tid;
    std::uint64_t start = 0;
  };
  struct Cpuset {
    CpuSet cpus;
    Moment read{};
  };
  void take_set(const Record& record, std::uint64_t count);
  void take_get(const Record& record, std::uint64_t count);
  void take_commit(const Record& record);
  void take_fork(const Record& record);
  void take_exec(const Record& record);
  void take_name(const Record& record);
  void take_exit(const Record& record);
  void take_move(const Record& record);

  [[nodiscard]] std::vector<Alive> living(const std::vector<TaskMasks>& snapshot,
                                          Moment began) const;
  [[nodiscard]] bool is_there(Tid tid, std::uint64_t start) const;
  void introduce(const SetEvent& event);
  void tell_waiting(Moment before);
  void tell_endings();

  void join(SetEvent& event, const Record& record);
  [[nodiscard]] bool is_changed(const SetEvent& event) const;
  std::optional<Pending> take_pending(const Record& record);
  void pend(const Record& record, Pending pending);
  [[nodiscard]] bool is_narrowed(const Record& record, const CpuSet& mask);
  [[nodiscard]] std::optional<CpuSet> read_cpuset(Tid tid) const;
  Meanwhile meanwhile();
  void identify(Trigger& trigger) const;
  [[nodiscard]] Explanation explain(const Waiting& waiting, const Meanwhile& meanwhile) const;
  void tell_call(Event event, std::uint64_t count);
  void tell_change(SetEvent event);
  void tell_awaited(Tid tid, const CpuSet& now);

  Kernel& kernel_;
  StreamOptions options_;
  CpuSet all_ids_;  // that the kernel's masks have
  Wanted wanted_;
  Sink sink_;
  std::chrono::nanoseconds offset_{};
  std::uint64_t seq_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t told_changes_ = 0;
  std::uint64_t left_out_ = 0;
  Remembered remembered_;
  KnownTasks known_;
  Lives lives_;
  std::unordered_map<pid_t, std::deque<Pending>> pending_;  // by the actor's tid, oldest first
  std::deque<Waiting> waiting_;
  std::deque<Ending> endings_;  // not before what was done to them and waits still
  Rivals rivals_;
  std::unordered_map<pid_t, Change> awaited_;
  std::vector<Trigger> triggers_;
  bool missed_ = false;
  CpuSet online_;
  std::map<unsigned, Actor> switchers_;  // of CPUs, the last ones
  std::optional<Moment> switching_;      // since when, and it is not known yet to have ended
  std::deque<Actor> ended_;              // the last ones that did
  std::vector<Pid> moved_;
  std::unordered_map<std::uint64_t, Cpuset> cpusets_;  // by the cgroup's id
};

}  // namespace pinfold::trace

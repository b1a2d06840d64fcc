// What is known of each thread's mask, and what a snapshot says that nobody told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "base/clock.h"
#include "cpuset/mask.h"
#include "kernel/task_reader.h"

namespace pinfold::trace {

/// Of CLOCK_MONOTONIC, which nobody sets back: it says what is older.
using Moment = Clock::Time;

/// A thread whose mask is not what was remembered.
struct Change {
  TaskMasks now;
  CpuSet before;
  Moment seen;  ///< when the snapshot began
};

enum class Whole {
  no,
  yes  ///< the snapshot is of everybody
};

/// Masks are those that the kernel keeps ("allowed"). A thread is its tid with its start time: the
/// same number with another one is another thread. Equal masks are kept once: a million threads
/// take some 100 MB, however many CPUs there are.
///
/// A snapshot is not of one moment, and what it says of a thread may be older than an event that
/// was read after it. So each mask is remembered with the moment as of which it was true, and the
/// order is this:
///   1. began = now; take the snapshot;
///   2. read all events that there are: each is remembered as of its own time;
///   3. compare(snapshot, began) finds the threads that differ, and does not believe it yet;
///   4. read events once more, after a while that is longer than a call takes from its commit to
///      its event. An event finds the mask from before still remembered, as its own;
///   5. confirm() each: those of which events have told by now are none.
/// Where there are no events (without BPF), 2 and 4 fall away.
class Remembered {
 public:
  /// The mask; nothing where the thread is not known.
  [[nodiscard]] std::optional<CpuSet> recall(Tid tid, std::uint64_t start) const;

  /// It was true as of that moment. What is known as of a later one stays.
  void remember(Tid tid, Pid pid, std::uint64_t start, const CpuSet& mask, Moment as_of);

  /// It has ended.
  void forget(Tid tid) { threads_.erase(tid.value()); }

  /// Who differs from what was remembered as of a moment before `began`. Whoever is new, and who
  /// does not differ, is remembered as of `began`; who differs is so by confirm(). Of a whole
  /// snapshot, who is not in it and was not heard of since is forgotten.
  std::vector<Change> compare(std::span<const TaskMasks> snapshot, Moment began, Whole whole);

  /// Nothing if events have told of it since. Else the mask is remembered, and this is what was
  /// remembered before: not `change.before` where an event has told of a part of the way.
  std::optional<CpuSet> confirm(const Change& change);

  /// For those who look at threads one by one, instead of compare(): what is remembered of the
  /// number, whoever has it, if it was not looked at or heard of since `began`…
  [[nodiscard]] const CpuSet* known(Tid tid, Moment began) const;
  /// …it is so still…
  void same(Tid tid, Moment began);
  /// …it differs, or is not known: what compare() makes of this one…
  std::optional<Change> look(const TaskMasks& now, Moment began);
  /// …and nobody is left to look at.
  void forget_unseen(Moment began);

  /// How many threads, and how many different masks.
  [[nodiscard]] std::size_t size() const { return threads_.size(); }
  [[nodiscard]] std::size_t masks() const { return masks_.size(); }

 private:
  struct Thread {
    Pid pid;
    std::uint64_t start = 0;
    Mask mask;
    Moment as_of;
    Moment seen;  // in a snapshot that began then
  };

  MaskPool masks_;
  std::unordered_map<pid_t, Thread> threads_;
};

}  // namespace pinfold::trace

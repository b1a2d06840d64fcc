// The threads of a trace: their names, their tracks, and what each is allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

#include "events/life.h"
#include "perfetto/packets.h"
#include "perfetto/process_tracks.h"

namespace pinfold::tool {

/// Numbers of tracks, each once.
class TrackIds {
 public:
  TrackId take() { return next_++; }

 private:
  TrackId next_ = 1;
};

struct Thread {
  Pid pid;
  Tid tid;
  std::uint64_t start_time = 0;  ///< 0: not known
  std::string comm;
  TrackId track = 0;
  TrackId process_track = 0;
  TrackId allowed_track = 0;      ///< 0: there was nothing to tell yet
  std::optional<CpuSet> allowed;  ///< of the slice that is open
  trace::Time since;              ///< of that slice
  CpuId cpu;                      ///< where it was last, as far as Perfetto has such CPUs
  std::optional<trace::Time> ended;
};

/// It remembers the threads that are there, a thousand that have just ended (what is known late may
/// be about them), and no more than `most` in all: those of which nothing was heard for the longest
/// time are forgotten first.
class ThreadTracks {
 public:
  ThreadTracks(TrackIds& ids, std::size_t most) : ids_(ids), most_(most > 0 ? most : 1) {}

  /// A thread of which something is told. It gets tracks when it is met first, and so does another
  /// thread that has the number of one before. Where its start or name is not known (0, ""), the
  /// thread of that number is meant.
  Thread& meet(TraceOutput& out, trace::Time time, const trace::TargetTask& task);
  /// A name that was seen by the way.
  void rename(TraceOutput& out, trace::Time time, const trace::Actor& actor);
  /// It was on that CPU up to then.
  static void ran(Thread& thread, CpuId cpu, trace::Time to);

  /// From now on it may run there.
  void allow(TraceOutput& out, Thread& thread, trace::Time time, const CpuSet& cpus);
  void end(TraceOutput& out, const trace::Ended& ended);
  /// Nothing more will be told of anybody.
  void close(TraceOutput& out, trace::Time time);
  /// What `close` writes is no more than this.
  [[nodiscard]] std::uint64_t closing_bytes() const;

  [[nodiscard]] std::size_t size() const { return threads_.size(); }

 private:
  struct Entry {
    Thread thread;
    std::list<pid_t>::iterator heard;
  };
  using Entries = std::unordered_map<pid_t, Entry>;

  Entries::iterator find(Pid pid, Tid tid, std::uint64_t start_time);
  Thread& begin(TraceOutput& out, trace::Time time, const trace::TargetTask& task);
  void name(TraceOutput& out, trace::Time time, Thread& thread, const std::string& comm);
  void describe(TraceOutput& out, trace::Time time, const Thread& thread);
  void end_slice(TraceOutput& out, Thread& thread, trace::Time time);
  void forget(TraceOutput& out, trace::Time time, Entries::iterator entry);
  void settle(TraceOutput& out);

  TrackIds& ids_;
  std::size_t most_;
  ProcessTracks processes_;
  Entries threads_;
  std::list<pid_t> heard_;  // the longest silent first
  struct Gone {
    pid_t tid;
    TrackId track;
  };
  std::deque<Gone> gone_;
  std::size_t open_slices_ = 0;
};

}  // namespace pinfold::tool

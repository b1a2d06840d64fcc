// The processes of a trace: a name for each, as long as one of its threads is there.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <pinfold/ids.h>

#include "perfetto/packets.h"

namespace pinfold::tool {

class ProcessTracks {
 public:
  /// A thread of it has come. `fresh` is the track that the process gets with its first one; what
  /// it has is returned.
  TrackId join(TraceOutput& out, trace::Time time, Pid pid, TrackId fresh);
  /// Its first thread's name.
  void name(TraceOutput& out, trace::Time time, Pid pid, std::string_view comm);
  /// A thread has gone; `end` where it is known when. Perfetto takes the first thread's end for
  /// that of all, so it is told with the last one's.
  void leave(TraceOutput& out, Pid pid, const std::optional<FtraceEvent>& end);

  /// How many ends wait for their process's last thread.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  struct Process {
    TrackId track = 0;
    std::size_t threads = 0;
    std::optional<FtraceEvent> first_ended;
    trace::Time latest_end;  // of any
  };

  std::unordered_map<pid_t, Process> processes_;
  std::size_t waiting_ = 0;
};

}  // namespace pinfold::tool

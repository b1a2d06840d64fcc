// Who ran on each CPU, as Perfetto draws it: by switches from one thread to the next.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include <pinfold/ids.h>

#include "events/life.h"
#include "perfetto/packets.h"
#include "perfetto/thread_tracks.h"

namespace pinfold::tool {

/// CPUs beyond `highest_ftrace_cpu` have no track of Perfetto's own: they get tracks with slices.
class CpuTracks {
 public:
  explicit CpuTracks(TrackIds& ids) : ids_(ids) {}

  /// Whether it has a place: not if another thread ran there at the same time, as it seems to where
  /// the clock was set back. Of a part, the rest is drawn. `comm` may be empty.
  bool ran(TraceOutput& out, const trace::Ran& ran, const std::string& comm);
  /// Nothing more will be told.
  void close(TraceOutput& out);
  /// What `close` writes is no more than this.
  [[nodiscard]] std::uint64_t closing_bytes() const;

 private:
  struct Cpu {
    Tid tid;         // who ran there last; 0: nobody
    trace::Time to;  // up to then
    TrackId track = 0;
  };

  void put_slice(TraceOutput& out, Cpu& cpu, const trace::Ran& ran, const std::string& comm);

  TrackIds& ids_;
  TrackId group_ = 0;  // of the tracks with slices
  std::unordered_map<unsigned, Cpu> cpus_;
};

}  // namespace pinfold::tool

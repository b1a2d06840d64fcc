// The tracks "Pinfold": what is to be known of the telling, and what was told of nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "events/event.h"
#include "perfetto/packets.h"
#include "perfetto/thread_tracks.h"

namespace pinfold::tool {

class OwnTracks {
 public:
  explicit OwnTracks(TrackIds& ids) : ids_(ids) {}

  /// To be called first.
  void begin(TraceOutput& out, trace::Time time);

  void tell(TraceOutput& out, trace::Time time, const trace::StartEvent& start) const;
  void tell(TraceOutput& out, trace::Time time, const trace::SnapshotEvent& snapshot) const;
  void tell(TraceOutput& out, trace::Time time, const trace::SuppressedEvent& suppressed) const;
  void tell(TraceOutput& out, trace::Time time, const trace::EndEvent& end) const;
  /// A slice as long as the time in which they were lost.
  void tell(TraceOutput& out, const trace::LostEvent& lost);
  void note(TraceOutput& out, trace::Time time, std::string_view text) const;

  [[nodiscard]] TrackId id() const { return track_; }

 private:
  struct Losses {
    TrackId track = 0;
    trace::Time upto;
  };

  TrackIds& ids_;
  TrackId track_ = 0;
  std::unordered_map<std::int64_t, Losses> losses_;  // of each CPU, of no certain one: -1
};

}  // namespace pinfold::tool

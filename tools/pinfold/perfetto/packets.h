// What a trace is made of: tracks, what happens on them, and the kernel's own events.
#pragma once

#include <cstdint>
#include <string_view>

#include <pinfold/ids.h>

#include "events/event.h"
#include "perfetto/message.h"
#include "perfetto/output.h"

namespace pinfold::tool {

/// A track's number in the file; 0 is none.
using TrackId = std::uint64_t;

/// Since 1970; what is before that is 0.
std::uint64_t nanoseconds(trace::Time time);

/// Says that the file's times are those of the wall. To be put first.
void put_clock(TraceOutput& out, trace::Time time);

struct NamedTrack {
  TrackId id = 0;
  TrackId parent = 0;
  std::string_view name;
};
void put_track(TraceOutput& out, trace::Time time, const NamedTrack& track);
/// A track of another kind, described by fields of TrackDescriptor.
void put_track(TraceOutput& out, trace::Time time, const ProtoMessage& descriptor);

/// The fields of a TrackEvent; arguments may be added. People filter by `category`.
ProtoMessage instant(TrackId track, std::string_view name, std::string_view category);
ProtoMessage slice_begin(TrackId track, std::string_view name, std::string_view category);
ProtoMessage slice_end(TrackId track);
void put_event(TraceOutput& out, trace::Time time, const ProtoMessage& event);

/// The highest CPU that has a place among Perfetto's own CPU tracks: it takes a file that names
/// another one for a broken file (ftrace_tokenizer.cc).
inline constexpr CpuId highest_ftrace_cpu{1023};

/// An event as the kernel's ftrace tells it: of `tid`, of this kind. `cpu` is no higher than
/// `highest_ftrace_cpu`.
struct FtraceEvent {
  CpuId cpu;
  trace::Time time;
  Tid tid;
  unsigned kind = 0;  ///< the field of FtraceEvent
};
void put_ftrace(TraceOutput& out, const FtraceEvent& event, const ProtoMessage& content);

}  // namespace pinfold::tool

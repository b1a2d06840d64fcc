#include "perfetto/packets.h"

#include <algorithm>

#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

enum class EventType : unsigned {
  slice_begin = 1,
  slice_end = 2,
  instant = 3
};

ProtoMessage track_event(EventType type, TrackId track) {
  ProtoMessage event;
  event.add(field::event::type, static_cast<unsigned>(type)).add(field::event::track_uuid, track);
  return event;
}

ProtoMessage track_event(EventType type, TrackId track, std::string_view name,
                         std::string_view category) {
  ProtoMessage event = track_event(type, track);
  event.add(field::event::categories, category).add(field::event::name, name);
  return event;
}

ProtoMessage packet_at(trace::Time time) {
  ProtoMessage packet;
  packet.add(field::packet::timestamp, nanoseconds(time));
  return packet;
}

}  // namespace

std::uint64_t nanoseconds(trace::Time time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

void put_clock(TraceOutput& out, trace::Time time) {
  // ftrace events can be in the clock of the boot only. That clock is said to stand at the same
  // time as the wall's: a history has events of several boots, which no offset brings together.
  constexpr unsigned realtime = 1;
  constexpr unsigned boottime = 6;
  ProtoMessage snapshot;
  for (const unsigned clock : {realtime, boottime}) {
    snapshot.add(field::clock_snapshot::clocks,
                 ProtoMessage()
                     .add(field::clock::clock_id, clock)
                     .add(field::clock::timestamp, nanoseconds(time)));
  }
  out.put(time, packet_at(time).add(field::packet::clock_snapshot, snapshot));
}

void put_track(TraceOutput& out, trace::Time time, const NamedTrack& track) {
  ProtoMessage descriptor;
  descriptor.add(field::track::uuid, track.id).add(field::track::name, track.name);
  if (track.parent != 0) descriptor.add(field::track::parent_uuid, track.parent);
  put_track(out, time, descriptor);
}

void put_track(TraceOutput& out, trace::Time time, const ProtoMessage& descriptor) {
  out.put(time, packet_at(time).add(field::packet::track_descriptor, descriptor));
}

ProtoMessage instant(TrackId track, std::string_view name, std::string_view category) {
  return track_event(EventType::instant, track, name, category);
}

ProtoMessage slice_begin(TrackId track, std::string_view name, std::string_view category) {
  return track_event(EventType::slice_begin, track, name, category);
}

ProtoMessage slice_end(TrackId track) { return track_event(EventType::slice_end, track); }

void put_event(TraceOutput& out, trace::Time time, const ProtoMessage& event) {
  out.put(time, packet_at(time).add(field::packet::track_event, event));
}

void put_ftrace(TraceOutput& out, const FtraceEvent& event, const ProtoMessage& content) {
  ProtoMessage told;
  told.add(field::ftrace::timestamp, nanoseconds(event.time))
      .add(field::ftrace::pid, event.tid.value())
      .add(event.kind, content);
  ProtoMessage bundle;
  bundle.add(field::bundle::cpu, event.cpu.value()).add(field::bundle::event, told);
  out.put(event.time, ProtoMessage().add(field::packet::ftrace_events, bundle));
}

}  // namespace pinfold::tool

#include "perfetto/own_tracks.h"

#include <algorithm>
#include <string>

#include "perfetto/annotations.h"

namespace pinfold::tool {
namespace {

constexpr std::string_view category = "pinfold";

std::string text_of(const trace::Leg& leg) {
  std::string text = leg.chosen.empty() ? "none" : leg.chosen;
  if (!leg.reason.empty()) text += ": " + leg.reason;
  if (!leg.blind.empty()) text += "; does not see " + leg.blind;
  return text;
}

}  // namespace

void OwnTracks::begin(TraceOutput& out, trace::Time time) {
  track_ = ids_.take();
  put_track(out, time, NamedTrack{.id = track_, .parent = 0, .name = "Pinfold"});
}

void OwnTracks::tell(TraceOutput& out, trace::Time time, const trace::StartEvent& start) const {
  ProtoMessage event = instant(track_, "start", category);
  Annotations arguments(event);
  arguments.add("kernel", start.kernel).add("cpu_ids", start.cpu_ids).add("sampled", start.sampled);
  for (const trace::Leg& leg : start.legs)
    arguments.add(leg.name, text_of(leg));
  put_event(out, time, event);
}

void OwnTracks::tell(TraceOutput& out, trace::Time time,
                     const trace::SnapshotEvent& snapshot) const {
  ProtoMessage event = instant(track_, "snapshot (" + snapshot.reason + ')', category);
  Annotations(event).add("threads", snapshot.threads).add("changed", snapshot.changed);
  put_event(out, time, event);
}

void OwnTracks::tell(TraceOutput& out, trace::Time time,
                     const trace::SuppressedEvent& suppressed) const {
  const std::string name =
      std::to_string(suppressed.count) + " not told, by " + suppressed.comm + ": --rate";
  ProtoMessage event = instant(track_, name, category);
  Annotations(event)
      .add("count", suppressed.count)
      .add("actor_comm", suppressed.comm)
      .add("actor_pid", suppressed.actor);
  put_event(out, time, event);
}

void OwnTracks::tell(TraceOutput& out, trace::Time time, const trace::EndEvent& end) const {
  ProtoMessage event = instant(track_, "end", category);
  Annotations(event)
      .add("seen", end.seen)
      .add("sent", end.sent)
      .add("lost", end.lost)
      .add("suppressed", end.suppressed)
      .add("lost_others", end.lost_others);
  put_event(out, time, event);
}

void OwnTracks::tell(TraceOutput& out, const trace::LostEvent& lost) {
  const std::int64_t cpu = lost.cpu ? std::int64_t{lost.cpu->value()} : -1;
  Losses& losses = losses_[cpu];
  const trace::Time from = std::max(lost.from, losses.upto);
  losses.upto = std::max(lost.to, from);
  if (losses.track == 0) {
    losses.track = ids_.take();
    const std::string name = "lost" + (lost.cpu ? ", CPU " + std::to_string(cpu) : std::string());
    put_track(out, from, NamedTrack{.id = losses.track, .parent = track_, .name = name});
  }
  ProtoMessage slice =
      slice_begin(losses.track, std::to_string(lost.count + lost.others) + " events lost", "lost");
  Annotations(slice).add("count", lost.count).add("others", lost.others).add("cpu", lost.cpu);
  put_event(out, from, slice);
  put_event(out, losses.upto, slice_end(losses.track));
}

void OwnTracks::note(TraceOutput& out, trace::Time time, std::string_view text) const {
  put_event(out, time, instant(track_, text, category));
}

}  // namespace pinfold::tool

#include "perfetto/process_tracks.h"

#include <algorithm>

#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

void describe(TraceOutput& out, trace::Time time, Pid pid, TrackId track, std::string_view comm) {
  ProtoMessage process;
  process.add(field::process::pid, pid.value());
  if (!comm.empty()) process.add(field::process::process_name, comm);
  put_track(out, time,
            ProtoMessage().add(field::track::uuid, track).add(field::track::process, process));
}

void put_end(TraceOutput& out, const FtraceEvent& end) {
  put_ftrace(out, end, ProtoMessage().add(field::sched_process_free::pid, end.tid.value()));
}

}  // namespace

TrackId ProcessTracks::join(TraceOutput& out, trace::Time time, Pid pid, TrackId fresh) {
  Process& process = processes_[pid.value()];
  if (process.threads++ == 0) {
    process.track = fresh;
    describe(out, time, pid, fresh, {});
  }
  return process.track;
}

void ProcessTracks::name(TraceOutput& out, trace::Time time, Pid pid, std::string_view comm) {
  const auto process = processes_.find(pid.value());
  if (process != processes_.end()) describe(out, time, pid, process->second.track, comm);
}

void ProcessTracks::leave(TraceOutput& out, Pid pid, const std::optional<FtraceEvent>& end) {
  const auto found = processes_.find(pid.value());
  if (found == processes_.end()) return;
  Process& process = found->second;
  --process.threads;
  if (end) process.latest_end = std::max(process.latest_end, end->time);
  if (end && end->tid == pid.leader()) {
    if (!process.first_ended) ++waiting_;
    process.first_ended = end;
  } else if (end) {
    put_end(out, *end);
  }
  if (process.threads > 0) return;
  if (process.first_ended) {
    process.first_ended->time = process.latest_end;
    put_end(out, *process.first_ended);
    --waiting_;
  }
  processes_.erase(found);
}

}  // namespace pinfold::tool

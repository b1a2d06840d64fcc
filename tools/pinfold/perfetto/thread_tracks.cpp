#include "perfetto/thread_tracks.h"

#include <algorithm>

#include "events/text_line.h"
#include "perfetto/annotations.h"
#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

// Of those that have just ended: what the merger held back, or the last time that they ran.
constexpr std::size_t most_gone = 1024;

}  // namespace

ThreadTracks::Entries::iterator ThreadTracks::find(Pid pid, Tid tid, std::uint64_t start_time) {
  const auto found = threads_.find(tid.value());
  if (found == threads_.end()) return found;
  const Thread& thread = found->second.thread;
  const bool both_known = start_time != 0 && thread.start_time != 0;
  const bool same = both_known ? thread.start_time == start_time : thread.pid == pid;
  return same ? found : threads_.end();
}

Thread& ThreadTracks::meet(TraceOutput& out, trace::Time time, const trace::TargetTask& task) {
  const auto known = find(task.pid, task.tid, task.start_time);
  if (known == threads_.end()) return begin(out, time, task);
  Thread& thread = known->second.thread;
  heard_.splice(heard_.end(), heard_, known->second.heard);
  if (thread.start_time == 0) thread.start_time = task.start_time;
  name(out, time, thread, task.comm);
  return thread;
}

Thread& ThreadTracks::begin(TraceOutput& out, trace::Time time, const trace::TargetTask& task) {
  if (const auto before = threads_.find(task.tid.value()); before != threads_.end()) {
    Thread& old = before->second.thread;
    // Perfetto reads events of the kernel and descriptions of tracks in any order where their times
    // are the same; the end is the old one's.
    old.ended = std::min(old.ended.value_or(time), time - std::chrono::nanoseconds(1));
    forget(out, time, before);
  }
  if (threads_.size() >= most_) forget(out, time, threads_.find(heard_.front()));
  const auto heard = heard_.insert(heard_.end(), task.tid.value());
  Entry entry{.thread = {.pid = task.pid, .tid = task.tid, .start_time = task.start_time},
              .heard = heard};
  Thread& thread = threads_.emplace(task.tid.value(), std::move(entry)).first->second.thread;
  thread.process_track = processes_.join(out, time, task.pid, ids_.take());
  thread.track = ids_.take();
  thread.comm = task.comm;
  describe(out, time, thread);
  return thread;
}

void ThreadTracks::describe(TraceOutput& out, trace::Time time, const Thread& thread) {
  ProtoMessage numbers;
  numbers.add(field::thread::pid, thread.pid.value()).add(field::thread::tid, thread.tid.value());
  if (!thread.comm.empty()) numbers.add(field::thread::thread_name, thread.comm);
  put_track(out, time,
            ProtoMessage()
                .add(field::track::uuid, thread.track)
                .add(field::track::parent_uuid, thread.process_track)
                .add(field::track::thread, numbers));
  if (thread.tid == thread.pid.leader() && !thread.comm.empty())
    processes_.name(out, time, thread.pid, thread.comm);
}

void ThreadTracks::name(TraceOutput& out, trace::Time time, Thread& thread,
                        const std::string& comm) {
  if (comm.empty() || comm == thread.comm) return;
  const bool is_new_name = !thread.comm.empty();
  thread.comm = comm;
  describe(out, time, thread);
  // A process keeps the name that a track gave it first; this changes it.
  if (!is_new_name || thread.tid != thread.pid.leader()) return;
  put_ftrace(
      out, {.cpu = thread.cpu, .time = time, .tid = thread.tid, .kind = field::ftrace::task_rename},
      ProtoMessage()
          .add(field::task_rename::pid, thread.tid.value())
          .add(field::task_rename::newcomm, comm));
}

void ThreadTracks::rename(TraceOutput& out, trace::Time time, const trace::Actor& actor) {
  const auto known = find(actor.pid, actor.tid, actor.start_time);
  if (known != threads_.end()) name(out, time, known->second.thread, actor.comm);
}

void ThreadTracks::ran(Thread& thread, CpuId cpu, trace::Time to) {
  if (cpu <= highest_ftrace_cpu) thread.cpu = cpu;
  // It still ran a little after its end was told; Perfetto would take that for another thread.
  if (thread.ended) thread.ended = std::max(*thread.ended, to + std::chrono::nanoseconds(1));
}

void ThreadTracks::allow(TraceOutput& out, Thread& thread, trace::Time time, const CpuSet& cpus) {
  if (thread.ended || thread.allowed == cpus) return;
  // Slices of a track must not overlap, wherever the clock was set to meanwhile.
  const trace::Time at = std::max(time, thread.since);
  end_slice(out, thread, at);
  if (thread.allowed_track == 0) {
    thread.allowed_track = ids_.take();
    put_track(out, at,
              NamedTrack{.id = thread.allowed_track, .parent = thread.track, .name = "allowed"});
  }
  ProtoMessage slice = slice_begin(thread.allowed_track, trace::short_list(cpus), "allowed");
  Annotations(slice).add("cpus", cpus).add("count", cpus.count());
  put_event(out, at, slice);
  thread.allowed = cpus;
  thread.since = at;
  ++open_slices_;
}

void ThreadTracks::end_slice(TraceOutput& out, Thread& thread, trace::Time time) {
  if (!thread.allowed) return;
  thread.since = std::max(time, thread.since);
  put_event(out, thread.since, slice_end(thread.allowed_track));
  thread.allowed.reset();
  --open_slices_;
}

void ThreadTracks::end(TraceOutput& out, const trace::Ended& ended) {
  const auto known = find(ended.pid, ended.tid, ended.start_time);
  if (known == threads_.end() || known->second.thread.ended) return;
  Thread& thread = known->second.thread;
  end_slice(out, thread, ended.time);
  thread.ended = ended.time;
  gone_.push_back({.tid = thread.tid.value(), .track = thread.track});
  if (gone_.size() <= most_gone) return;
  const auto oldest = threads_.find(gone_.front().tid);
  if (oldest != threads_.end() && oldest->second.thread.track == gone_.front().track)
    forget(out, ended.time, oldest);
  gone_.pop_front();
}

void ThreadTracks::forget(TraceOutput& out, trace::Time time, Entries::iterator entry) {
  Thread& thread = entry->second.thread;
  end_slice(out, thread, thread.ended.value_or(time));
  std::optional<FtraceEvent> end;
  if (thread.ended) {
    end = {.cpu = thread.cpu,
           .time = *thread.ended,
           .tid = thread.tid,
           .kind = field::ftrace::sched_process_free};
  }
  processes_.leave(out, thread.pid, end);
  heard_.erase(entry->second.heard);
  threads_.erase(entry);
}

void ThreadTracks::close(TraceOutput& out, trace::Time time) {
  while (!threads_.empty())
    forget(out, time, threads_.begin());
  gone_.clear();
}

std::uint64_t ThreadTracks::closing_bytes() const {
  constexpr std::uint64_t slice = 48;
  constexpr std::uint64_t end = 48;
  return open_slices_ * slice + (gone_.size() + processes_.waiting()) * end;
}

}  // namespace pinfold::tool

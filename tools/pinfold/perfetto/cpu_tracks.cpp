#include "perfetto/cpu_tracks.h"

#include <algorithm>
#include <string>

#include "events/text_line.h"
#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

struct Switch {
  CpuId cpu;
  trace::Time time;
  Tid from;  // 0: the CPU was idle
  Tid to;
};

void put_switch(TraceOutput& out, const Switch& change, std::string_view comm) {
  // Not known, and a priority below 100 would be drawn as real-time.
  constexpr unsigned usual_priority = 120;
  // Why a thread stops is not known either. Sleeping is what most do.
  constexpr unsigned sleeping = 1;
  constexpr unsigned runnable = 0;
  ProtoMessage content;
  content.add(field::sched_switch::prev_pid, change.from.value())
      .add(field::sched_switch::prev_prio, usual_priority)
      .add(field::sched_switch::prev_state, change.from == Tid() ? runnable : sleeping);
  if (!comm.empty()) content.add(field::sched_switch::next_comm, comm);
  content.add(field::sched_switch::next_pid, change.to.value())
      .add(field::sched_switch::next_prio, usual_priority);
  put_ftrace(out,
             {.cpu = change.cpu,
              .time = change.time,
              .tid = change.from,
              .kind = field::ftrace::sched_switch},
             content);
}

constexpr Tid idle;

}  // namespace

bool CpuTracks::ran(TraceOutput& out, const trace::Ran& ran, const std::string& comm) {
  Cpu& cpu = cpus_[ran.cpu.value()];
  trace::Ran seen = ran;
  seen.from = std::max(seen.from, cpu.to);
  if (seen.to <= seen.from) return ran.to == ran.from;
  if (ran.cpu > highest_ftrace_cpu) {
    put_slice(out, cpu, seen, comm);
    cpu.to = seen.to;
    return true;
  }
  Tid before = cpu.tid;
  if (before != idle && cpu.to < seen.from) {
    put_switch(out, {.cpu = ran.cpu, .time = cpu.to, .from = before, .to = idle}, {});
    before = idle;
  }
  put_switch(out, {.cpu = ran.cpu, .time = seen.from, .from = before, .to = ran.tid}, comm);
  cpu.tid = ran.tid;
  cpu.to = seen.to;
  return true;
}

void CpuTracks::put_slice(TraceOutput& out, Cpu& cpu, const trace::Ran& ran,
                          const std::string& comm) {
  if (group_ == 0) {
    group_ = ids_.take();
    const std::string name = "CPUs from " + std::to_string(highest_ftrace_cpu.value() + 1) + " on";
    put_track(out, ran.from, NamedTrack{.id = group_, .parent = 0, .name = name});
  }
  if (cpu.track == 0) {
    cpu.track = ids_.take();
    const std::string name = "CPU " + std::to_string(ran.cpu.value());
    put_track(out, ran.from, NamedTrack{.id = cpu.track, .parent = group_, .name = name});
  }
  put_event(out, ran.from,
            slice_begin(cpu.track, trace::task_text(comm, ran.pid, ran.tid), "running"));
  put_event(out, ran.to, slice_end(cpu.track));
}

void CpuTracks::close(TraceOutput& out) {
  for (auto& [number, cpu] : cpus_) {
    if (cpu.tid == idle) continue;
    put_switch(out, {.cpu = CpuId(number), .time = cpu.to, .from = cpu.tid, .to = idle}, {});
    cpu.tid = idle;
  }
}

std::uint64_t CpuTracks::closing_bytes() const {
  constexpr std::uint64_t last_switch = 64;
  return cpus_.size() * last_switch;
}

}  // namespace pinfold::tool

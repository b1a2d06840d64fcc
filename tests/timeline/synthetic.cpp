#include "timeline/synthetic.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include <pinfold/cpu_list.h>

namespace pinfold::test {

using namespace trace;

namespace {

CpuSet set_of(const char* list) { return parse_cpu_list(list).value(); }

SetEvent changed(SetEvent set, Cause cause, const char* by) {
  set.cause = cause;
  set.arguments.reset();
  set.result.reset();
  set.request.reset();
  set.kernel_request.reset();
  set.trusted = false;
  set.narrowed.reset();
  set.attribution = Attribution::inferred;
  if (by) set.by = by;
  return set;
}

void add_runs(tool::Timeline& timeline, const TargetTask& task, double from, double to,
              std::vector<unsigned> cpus) {
  double ms = from;
  for (std::size_t i = 0; ms < to; ++i) {
    const double length =
        6 + static_cast<double>((i * 37 + static_cast<std::size_t>(task.tid.value())) % 29);
    timeline.add(Ran{.from = at_ms(ms),
                     .to = at_ms(std::min(ms + length, to)),
                     .cpu = CpuId(cpus[i % cpus.size()]),
                     .pid = task.pid,
                     .tid = task.tid});
    ms += length + static_cast<double>((i * 13) % 17);
  }
}

}  // namespace

Time at_ms(double ms) {
  using namespace std::chrono;
  return Time(sys_days(2026y / November / 21) + 18h) + nanoseconds(std::llround(ms * 1e6));
}

TargetTask a_task(pid_t pid, pid_t tid, std::string comm) {
  return {.pid = Pid(pid),
          .tid = Tid(tid),
          .comm = std::move(comm),
          .start_time = 1000 + static_cast<std::uint64_t>(tid),
          .cgroup = "/system.slice/web.service"};
}

Actor an_actor(pid_t pid, std::string comm) {
  std::string exe = "/usr/bin/" + comm;
  return {.pid = Pid(pid),
          .tid = Tid(pid),
          .start_time = 4711,
          .ns_pid = Pid(12),
          .ns_tid = Tid(12),
          .comm = std::move(comm),
          .exe = std::move(exe),
          .uid = 0,
          .cgroup = "/system.slice/docker-3f9a.scope",
          .container = "3f9ac41be07d",
          .abi = CallAbi::x86_64,
          .parents = {{Pid(700), "bash"}, {Pid(1), "systemd"}}};
}

SetEvent a_call(std::uint64_t seq, double ms, const TargetTask& target, const char* old,
                const char* wanted) {
  return {
      .time = at_ms(ms),
      .seq = seq,
      .cpu = CpuId(0),
      .actor = an_actor(812, "numad"),
      .target = target,
      .relation = Relation::other,
      .old = set_of(old),
      .old_from = OldFrom::commit,
      .request = set_of(wanted),
      .kernel_request = set_of(wanted),
      .effective = set_of(wanted),
      .arguments = CallArguments{.pid = target.tid.value(), .length = 128, .mask = 0x7ffd51d2a3c0},
      .result = 0,
      .cause = Cause::syscall,
      .attribution = Attribution::exact,
      .trusted = true,
      .narrowed = false};
}

void add_story(tool::Timeline& timeline) {
  const TargetTask nginx = a_task(1234, 1234, "nginx");
  const TargetTask worker = a_task(1234, 1240, "nginx-worker");
  const TargetTask other = a_task(1234, 1241, "nginx-worker");
  const TargetTask stress = a_task(2000, 2000, "stress-ng");
  const TargetTask quiet = a_task(310, 310, "cron");
  timeline.add(
      StartEvent{.time = at_ms(0),
                 .seq = 1,
                 .kernel = "6.18.5",
                 .cpu_ids = 2,
                 .legs = {{"calls", "tp_btf/sys_exit", "", ""},
                          {"commits", "", "fentry is refused here (EPERM)", "masks between"}}});
  for (const TargetTask& task : {nginx, worker, stress, quiet})
    timeline.add(Alive{.time = at_ms(1), .task = task, .allowed = set_of("0-1")});
  timeline.add(SnapshotEvent{.time = at_ms(1), .seq = 2, .reason = "start", .threads = 4});
  timeline.add(a_call(3, 80, worker, "0-1", "1"));
  timeline.add(Alive{.time = at_ms(140), .task = other, .allowed = set_of("1"), .born = true});
  timeline.add(changed(a_call(4, 140, other, "0-1", "1"), Cause::inheritance, nullptr));
  SetEvent refused = a_call(5, 210, nginx, "0-1", "7");
  refused.result = -EINVAL;
  refused.effective = set_of("0-1");
  refused.trusted = false;
  timeline.add(refused);
  SetEvent narrowed = a_call(6, 270, stress, "0-1", "0-1");
  narrowed.effective = set_of("0");
  narrowed.narrowed = true;
  narrowed.callers = {{"/usr/lib/libc.so.6", 0x11c3a2}, {"/usr/bin/numad", 0x4410}};
  timeline.add(narrowed);
  SetEvent raced = a_call(7, 330, worker, "1", "0");
  raced.kernel_request = set_of("0-1");
  raced.trusted = false;
  timeline.add(raced);
  timeline.add(
      LostEvent{.seq = 8, .count = 12, .from = at_ms(400), .to = at_ms(455), .cpu = CpuId(1)});
  timeline.add(
      SnapshotEvent{.time = at_ms(457), .seq = 9, .reason = "lost", .threads = 5, .changed = 1});
  timeline.add(changed(a_call(10, 457, stress, "0", "0-1"), Cause::unknown, nullptr));
  timeline.add(changed(a_call(11, 560, nginx, "0-1", "0"), Cause::cpuset_write,
                       "/sys/fs/cgroup/system.slice/web.service/cpuset.cpus"));
  timeline.add(changed(a_call(12, 660, stress, "0-1", "1"), Cause::cgroup_move, "/batch.slice"));
  timeline.add(changed(a_call(13, 740, other, "1", "0"), Cause::fallback, nullptr));
  timeline.add(changed(a_call(14, 742, worker, "0", "0-1"), Cause::hotplug, nullptr));
  timeline.add(GetEvent{.time = at_ms(800),
                        .seq = 15,
                        .actor = an_actor(2000, "stress-ng"),
                        .target = stress,
                        .relation = Relation::self,
                        .arguments = {.pid = 0, .length = 128, .mask = 0x7ffd51d2a3c0},
                        .result = 8,
                        .answer = set_of("1")});
  SetEvent nobody = a_call(16, 850, nginx, "0", "1");
  nobody.target.reset();
  nobody.relation.reset();
  nobody.old.reset();
  nobody.effective.reset();
  nobody.result = -ESRCH;
  timeline.add(nobody);
  timeline.add(SuppressedEvent{
      .time = at_ms(900), .seq = 17, .actor = Pid(812), .comm = "numad", .count = 40});
  timeline.add(Ended{
      .time = at_ms(930), .pid = other.pid, .tid = other.tid, .start_time = other.start_time});
  add_runs(timeline, nginx, 1, 560, {0, 1});
  add_runs(timeline, nginx, 570, 1000, {0});
  add_runs(timeline, worker, 1, 80, {0, 1});
  add_runs(timeline, worker, 84, 330, {1});
  add_runs(timeline, worker, 335, 740, {0});
  add_runs(timeline, other, 140, 740, {1});
  add_runs(timeline, other, 745, 930, {0});
  add_runs(timeline, stress, 2, 270, {1, 0});
  add_runs(timeline, stress, 275, 455, {0});
  add_runs(timeline, stress, 670, 1000, {1});
  timeline.add(EndEvent{
      .time = at_ms(1000), .seq = 18, .seen = 64, .sent = 12, .lost = 12, .suppressed = 40});
}

void add_recording(tool::Timeline& timeline, const Recording& recording) {
  // Wanted: the same numbers each time.
  std::mt19937_64 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  constexpr std::array names = {"postgres", "nginx", "java", "envoy", "redis-server", "ffmpeg"};
  constexpr double length = 60'000;
  const auto part_of = [&](std::uint64_t pieces) {
    const std::uint64_t size = std::max<std::uint64_t>(1, recording.cpus / pieces);
    const auto first = static_cast<unsigned>(below(pieces) * size) % recording.cpus;
    return CpuSet::range(
        CpuId(first), CpuId(std::min(recording.cpus - 1, first + static_cast<unsigned>(size) - 1)));
  };
  timeline.add(
      StartEvent{.time = at_ms(0), .seq = 1, .kernel = "6.18.5", .cpu_ids = recording.cpus});
  std::vector<TargetTask> tasks;
  std::vector<CpuSet> allowed;
  for (int process = 0; process < recording.processes; ++process) {
    const pid_t pid = 1000 + process * 100;
    for (int thread = 0; thread < recording.threads; ++thread) {
      tasks.push_back(
          a_task(pid, pid + thread, names.at(static_cast<std::size_t>(process) % names.size())));
      allowed.push_back(CpuSet::range(CpuId(0), CpuId(recording.cpus - 1)));
      timeline.add(Alive{.time = at_ms(0), .task = tasks.back(), .allowed = allowed.back()});
    }
  }
  // In bursts, as tuners and starting programs make them.
  double ms = 0;
  const double pause = length / static_cast<double>(recording.events + 1);
  for (std::size_t i = 0; i < recording.events; ++i) {
    ms += below(10) == 0 ? pause * 6 * static_cast<double>(below(1000)) / 500 : pause * 0.4;
    ms = std::min(ms, length);
    // Most of what happens happens to few.
    const std::size_t which = below(below(tasks.size()) + 1);
    SetEvent set = a_call(i + 2, ms, tasks[which], "0", "0");
    set.old = allowed[which];
    set.request = part_of(std::uint64_t{1} << below(5));
    set.kernel_request = set.request;
    set.effective = set.request;
    if (below(12) == 0) {
      set.result = -EPERM;
      set.effective = set.old;
      set.trusted = false;
    } else if (below(9) == 0) {
      set = changed(std::move(set), Cause::cpuset_write, "/sys/fs/cgroup/web/cpuset.cpus");
    } else if (below(20) == 0) {
      set = changed(std::move(set), Cause::hotplug, nullptr);
    }
    allowed[which] = *set.effective;
    timeline.add(set);
  }
  timeline.add(LostEvent{.seq = recording.events + 2,
                         .count = 1200,
                         .from = at_ms(length * 0.62),
                         .to = at_ms(length * 0.64)});
  const std::size_t each = recording.runs / tasks.size();
  for (const TargetTask& task : tasks) {
    const double step = length / static_cast<double>(each + 1);
    for (std::size_t i = 0; i < each; ++i) {
      const double from = step * static_cast<double>(i);
      const double busy = 0.2 + 0.7 * static_cast<double>(below(1000)) / 1000;
      timeline.add(Ran{.from = at_ms(from),
                       .to = at_ms(from + step * busy),
                       .cpu = CpuId(static_cast<unsigned>(below(recording.cpus))),
                       .pid = task.pid,
                       .tid = task.tid});
    }
  }
  timeline.add(
      EndEvent{.time = at_ms(length), .seq = recording.events + 3, .seen = recording.events});
}

}  // namespace pinfold::test

#include "events/samples.h"

#include <cerrno>

#include "support/program.h"

namespace pinfold::test {

using namespace trace;

Time sample_time() {
  using namespace std::chrono;
  return Time(sys_days(2026y / November / 21) + 18h + nanoseconds(123456789));
}

SetEvent sample_set() {
  return {.time = sample_time(),
          .seq = 7,
          .cpu = CpuId(1),
          .actor = Actor{.pid = Pid(812),
                         .tid = Tid(812),
                         .start_time = 4711,
                         .ns_pid = Pid(12),
                         .ns_tid = Tid(12),
                         .comm = "numad",
                         .exe = "/usr/bin/numad",
                         .uid = 0,
                         .cgroup = "/system.slice/numad.service",
                         .container = std::string(64, 'a'),
                         .abi = CallAbi::x86_64,
                         .parents = {{Pid(700), "sh"}, {Pid(1), "systemd"}}},
          .target = TargetTask{.pid = Pid(1234),
                               .tid = Tid(1240),
                               .comm = "nginx",
                               .start_time = 815,
                               .cgroup = "/web"},
          .relation = Relation::other,
          .old = cpus("0-7"),
          .old_from = OldFrom::remembered,
          .request = cpus("2-5"),
          .kernel_request = cpus("2-5"),
          .effective = cpus("2-3"),
          .arguments = CallArguments{.pid = 1240, .length = 128, .mask = 0x7ffd51d2a3c0},
          .result = 0,
          .cause = Cause::syscall,
          .attribution = Attribution::exact,
          .trusted = true,
          .narrowed = true,
          .by = "/sys/fs/cgroup/web/cpuset.cpus",
          .callers = {{"/usr/lib/libc.so.6", 0x11c3a2}, {"", 0x7f0000001000}},
          .count = 3};
}

SetEvent bare_set() {
  SetEvent set;
  set.time = sample_time();
  set.seq = 8;
  return set;
}

std::string hostile_name() { return "a\x1b[2J\"\\\n\xff\u202e"; }

std::vector<Event> sample_events() {
  SetEvent refused = sample_set();
  refused.result = -EINVAL;
  refused.actor->abi = CallAbi::i386;
  refused.actor->comm = hostile_name();
  GetEvent get{.time = sample_time(),
               .seq = 9,
               .cpu = CpuId(0),
               .actor = *sample_set().actor,
               .target = sample_set().target,
               .relation = Relation::child,
               .arguments = {.pid = 1240, .length = 128, .mask = 0x7ffd51d2a3c0},
               .result = 8,
               .answer = cpus("0-7"),
               .count = 1};
  GetEvent bare_get{.time = sample_time(), .result = -ESRCH};
  return {
      StartEvent{.time = sample_time(),
                 .seq = 1,
                 .kernel = "6.18.5",
                 .cpu_ids = 8,
                 .sampled = false,
                 .legs = {{"calls", "tp_btf/sys_exit", "", ""},
                          {"commits", "", "fentry is refused here (EPERM)", "masks between"}}},
      StartEvent{},
      sample_set(),
      bare_set(),
      refused,
      get,
      bare_get,
      LostEvent{.seq = 10,
                .count = 12,
                .from = sample_time(),
                .to = sample_time() + std::chrono::seconds(1),
                .cpu = CpuId(1)},
      LostEvent{},
      SuppressedEvent{
          .time = sample_time(), .seq = 11, .actor = Pid(812), .comm = "numad", .count = 40},
      SnapshotEvent{
          .time = sample_time(), .seq = 12, .reason = "lost", .threads = 312, .changed = 3},
      EndEvent{
          .time = sample_time(), .seq = 13, .seen = 100, .sent = 48, .lost = 12, .suppressed = 40},
  };
}

}  // namespace pinfold::test

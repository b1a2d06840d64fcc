#include "trace/stream.h"

#include <algorithm>
#include <utility>

#include "trace/frames.h"

namespace pinfold::trace {
namespace {

constexpr unsigned sca_user = 8;  // kernel/sched/sched.h

bool is_affinity_call(int number) {
#if defined(__aarch64__)
  return number == 122 || number == 241;
#else
  constexpr int x32_bit = 0x40000000;
  return (number & ~x32_bit) == 203 || number == 241;
#endif
}

// The actor, the target, and what they are to each other.
template <class CallEvent>
void complete(CallEvent& event, Actor& actor, KnownTasks& known, const Record& record) {
  known.complete(actor);
  if (!event.target) return;
  known.complete(*event.target);
  if (actor.tid == event.target->tid) {
    event.relation = Relation::self;
  } else if (actor.pid == event.target->pid) {
    event.relation = Relation::thread;
  } else if (Pid(record->target.parent) == actor.pid) {
    event.relation = Relation::child;
  } else {
    event.relation = known.relation(actor, *event.target);
  }
}

}  // namespace

Stream::Stream(Kernel& kernel, const StreamOptions& options, Wanted wanted, Sink sink)
    : kernel_(kernel),
      options_(options),
      wanted_(std::move(wanted)),
      sink_(std::move(sink)),
      lives_(options.lives) {
  for (unsigned cpu = 0; cpu < options.shape.cpu_ids; ++cpu)
    all_ids_.add(CpuId(cpu));
}

Time Stream::time(Moment moment) const { return Time(moment.time_since_epoch() + offset_); }

void Stream::tell(Event event) {
  if (const auto* const set = std::get_if<SetEvent>(&event)) introduce(*set);
  ++seq_;
  std::visit([this](auto& one) { one.seq = seq_; }, event);
  sink_(event);
}

void Stream::tell_call(Event event, std::uint64_t count) {
  told_ += count;
  tell(std::move(event));
}

void Stream::tell_change(SetEvent event) {
  if (!wanted_.has(event)) return;
  ++told_;
  ++told_changes_;
  tell(std::move(event));
}

void Stream::take(const Record& record, std::uint64_t count) {
  switch (record->kind) {
    case trace_set:
      return take_set(record, count);
    case trace_get:
      return take_get(record, count);
    case trace_fork:
      return take_fork(record);
    case trace_exec:
      return take_exec(record);
    case trace_rename:
      return take_name(record);
    case trace_exit:
      return take_exit(record);
    case trace_move:
      return take_move(record);
    case trace_hotplug:
      switchers_[static_cast<unsigned>(record->argument)] = record.actor();
      if (!switching_) switching_ = record.moment();
      return;
    case trace_commit:
      return take_commit(record);
    case trace_asked:
      return pend(record, {.moment = record.moment(), .request = record.kernel_request()});
    default:
      return;
  }
}

void Stream::take_set(const Record& record, std::uint64_t count) {
  SetEvent event;
  event.time = time(record.moment());
  event.cpu = CpuId(record->cpu);
  event.actor = record.actor();
  event.target = record.target();
  event.request = record.user_mask();
  // After a call that failed it is what was asked for before.
  if (record->result == 0) event.kernel_request = record.kernel_request();
  if (event.kernel_request && event.kernel_request->empty()) event.kernel_request.reset();
  event.effective = record.allowed();
  event.arguments =
      CallArguments{.pid = record->argument, .length = record->length, .mask = record->address};
  event.result = record->result;
  event.cause = Cause::syscall;
  event.attribution = Attribution::exact;
  event.count = count;
  join(event, record);
  if (options_.only_changes && !is_changed(event)) {
    left_out_ += count;
    return;
  }
  complete(event, *event.actor, known_, record);
  event.callers = frames_of(Pid(record->actor.pid), record.frames());
  tell_call(std::move(event), count);
}

void Stream::pend(const Record& record, Pending pending) {
  constexpr std::size_t most_actors = 65536;  // calls whose end is filtered out leave theirs here
  constexpr std::size_t most = 16;
  if (pending_.size() > most_actors) pending_.clear();
  auto& queue = pending_[record->actor.tid];
  if (queue.size() == most) queue.pop_front();
  queue.push_back(std::move(pending));
}

// What was committed, or asked for, in this call: of what the actor did up to its end the newest.
// Records of its next call may have come already.
std::optional<Stream::Pending> Stream::take_pending(const Record& record) {
  const auto found = pending_.find(record->actor.tid);
  if (found == pending_.end()) return std::nullopt;
  auto& queue = found->second;
  Pending call;
  while (!queue.empty() && queue.front().moment <= record.moment()) {
    Pending& one = queue.front();
    if (one.old) {
      const std::optional<CpuSet> asked = std::move(call.request);
      call = std::move(one);
      if (!call.request) call.request = asked;
    } else {
      call = std::move(one);
    }
    queue.pop_front();
  }
  if (queue.empty()) pending_.erase(found);
  return call;
}

// What came before the call's end: the mask before, and what was handed on inside the kernel.
void Stream::join(SetEvent& event, const Record& record) {
  const bool done = record->result == 0;
  if (!awaited_.empty() && event.target && event.effective) {
    tell_awaited(event.target->tid, *event.effective);
  }
  auto pending = take_pending(record);
  if (pending && done && event.target) {
    const bool is_its = pending->old && pending->target == event.target->tid &&
                        pending->target_start == event.target->start_time;
    // A call that the filter left out may have left its commit, and this one may have had none.
    const bool is_this = options_.every_call || (pending->request && event.kernel_request &&
                                                 *pending->request == *event.kernel_request);
    if (is_its && is_this) {
      event.old = std::move(pending->old);
      event.old_from = OldFrom::commit;
    }
    if ((is_its || !pending->old) && is_this && pending->request) {
      // What the kernel has no room for stands in the memory only.
      const bool agrees = event.request && (*event.request & all_ids_) == *pending->request;
      event.kernel_request = std::move(pending->request);
      if (!agrees) event.request = event.kernel_request;
      event.trusted = true;
    }
  }
  if (!event.trusted) {
    // What the kernel's masks have no room for is cut by it.
    event.trusted = done && event.request && event.kernel_request &&
                    (*event.request & all_ids_) == *event.kernel_request && !rivals_.has(record);
  }
  if (!event.target || !event.effective) return;
  if (!event.old) {
    event.old = remembered_.recall(event.target->tid, event.target->start_time);
    if (event.old) event.old_from = OldFrom::remembered;
  }
  remembered_.remember(event.target->tid, event.target->pid, event.target->start_time,
                       *event.effective, record.moment());
  if (done && event.request) {
    event.narrowed = !event.effective->contains(*event.request);
  }
}

bool Stream::is_changed(const SetEvent& event) const {
  if (event.result != 0) return false;
  return !event.old || !event.effective || *event.old != *event.effective;
}

void Stream::take_get(const Record& record, std::uint64_t count) {
  GetEvent event{
      .time = time(record.moment()),
      .cpu = CpuId(record->cpu),
      .actor = record.actor(),
      .target = record.target(),
      .relation = {},
      .arguments = {.pid = record->argument, .length = record->length, .mask = record->address},
      .result = record->result,
      .answer = record.user_mask(),
      .count = count};
  if (options_.only_changes) {
    left_out_ += count;
    return;
  }
  complete(event, event.actor, known_, record);
  tell_call(std::move(event), count);
}

void Stream::take_commit(const Record& record) {
  auto target = record.target();
  auto mask = record.allowed();
  if (!target || !mask) return;
  CpuSet old = record.old();
  remembered_.remember(target->tid, target->pid, target->start_time, *mask, record.moment());
  const bool by_kernel = record.has(trace_by_kernel);
  if ((record->address & sca_user) != 0 && !by_kernel && is_affinity_call(record->call)) {
    pend(record, {.moment = record.moment(),
                  .target = target->tid,
                  .target_start = target->start_time,
                  .old = std::move(old),
                  .request = record.kernel_request()});
    return;
  }
  // The kernel's own threads are bound by itself as they begin.
  if (old == *mask || (by_kernel && record.has(trace_target_by_kernel))) return;
  Waiting waiting{.moment = record.moment(), .event = {}, .by_kernel = by_kernel};
  SetEvent& event = waiting.event;
  event.time = time(record.moment());
  event.cpu = CpuId(record->cpu);
  event.actor = record.actor();
  event.target = std::move(target);
  event.old = std::move(old);
  event.old_from = OldFrom::commit;
  event.effective = std::move(mask);
  complete(event, *event.actor, known_, record);
  waiting_.push_back(std::move(waiting));
}

void Stream::take_fork(const Record& record) {
  auto target = record.target();
  auto mask = record.allowed();
  if (!target || !mask) return;
  if (record->actor.pid != record->target.pid) {
    wanted_.follow(Pid(record->actor.pid), Tid(record->actor.tid), Pid(record->target.pid));
  }
  remembered_.remember(target->tid, target->pid, target->start_time, *mask, record.moment());
  if (wanted_.has_target(target->pid, target->tid) && !record.has(trace_target_by_kernel)) {
    lives_.appear({.time = time(record.moment()), .task = *target, .allowed = *mask, .born = true},
                  record.moment());
  }
  if (!options_.inherited || record.has(trace_by_kernel)) return;
  if (!is_narrowed(record, *mask)) return;
  SetEvent event;
  event.time = time(record.moment());
  event.cpu = CpuId(record->cpu);
  event.actor = record.actor();
  event.target = std::move(target);
  event.effective = std::move(mask);
  event.cause = Cause::inheritance;
  event.attribution = Attribution::exact;
  event.narrowed = true;
  complete(event, *event.actor, known_, record);
  tell_change(std::move(event));
}

// What the task's cpuset leaves to those who ask for nothing.
std::optional<CpuSet> Stream::read_cpuset(Tid tid) const {
  const auto limit = kernel_.cpuset(tid);
  if (!limit) return std::nullopt;  // it has ended; the next one may tell
  CpuSet cpus = *limit ? (*limit)->cpus : options_.possible;
  if (const auto system = kernel_.cpus()) cpus = cpus & system->online;
  CpuSet ordinary = cpus - options_.isolated;
  return ordinary.empty() ? std::move(cpus) : std::move(ordinary);
}

// A cpuset is read once; one by which a child is narrowed may have changed since, and counts only
// if it was read just now.
bool Stream::is_narrowed(const Record& record, const CpuSet& mask) {
  constexpr auto just_now = std::chrono::milliseconds(100);
  const auto known = cpusets_.find(record->target.cgroup);
  if (known != cpusets_.end()) {
    if (mask.contains(known->second.cpus)) return false;
    const auto age = record.moment() - known->second.read;
    if (age > Moment::duration::zero() && age < just_now) return true;
  }
  auto cpus = read_cpuset(Tid(record->target.tid));
  // It has ended, and was born into its creator's.
  if (!cpus) cpus = read_cpuset(Tid(record->actor.tid));
  if (!cpus) return known != cpusets_.end();
  const bool narrowed = !mask.contains(*cpus);
  cpusets_.insert_or_assign(record->target.cgroup,
                            Cpuset{.cpus = std::move(*cpus), .read = record.moment()});
  return narrowed;
}

void Stream::take_move(const Record& record) {
  auto target = record.target();
  auto mask = record.allowed();
  if (!target || !mask) return;
  known_.forget(target->pid);
  if (record->length != static_cast<std::uint64_t>(options_.cpuset_hierarchy)) return;
  SetEvent event;
  event.time = time(record.moment());
  event.actor = record.actor();
  event.target = target;
  complete(event, *event.actor, known_, record);
  const std::string path(record.path());
  Trigger trigger{.kind = Trigger::Kind::cgroup_move,
                  .time = event.time,
                  .tid = event.actor->tid,
                  .actor = event.actor,
                  .path = path,
                  .cgroup = path};
  triggers_.push_back(std::move(trigger));
  if (options_.has_commits) return;
  if (record.has(trace_whole_process)) moved_.push_back(target->pid);
  event.old = remembered_.recall(target->tid, target->start_time);
  remembered_.remember(target->tid, target->pid, target->start_time, *mask, record.moment());
  if (!event.old || *event.old == *mask) return;
  event.cpu = CpuId(record->cpu);
  event.old_from = OldFrom::remembered;
  event.effective = std::move(mask);
  event.cause = Cause::cgroup_move;
  event.attribution = Attribution::exact;
  event.by = path;
  tell_change(std::move(event));
}

}  // namespace pinfold::trace

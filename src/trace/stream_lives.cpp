// Threads that begin, get other names and end, and who is there.
#include <algorithm>
#include <utility>

#include "trace/stream.h"

namespace pinfold::trace {
// A thread that becomes another program ends all others of its process, and has the number and the
// age of the first one from then on.
void Stream::take_exec(const Record& record) {
  known_.forget(Pid(record->actor.pid));
  const Tid before(record->argument);
  if (record.has(trace_has_target) && before != Tid(record->target.tid)) {
    remembered_.forget(before);
    wanted_.forget(before);
    lives_.end(before, 0, time(record.moment()));
  }
  take_name(record);
}

void Stream::take_name(const Record& record) {
  auto target = record.target();
  auto mask = record.allowed();
  if (!target || !mask) return;
  const auto known = remembered_.recall(target->tid, target->start_time);
  if (!known) {
    remembered_.remember(target->tid, target->pid, target->start_time, *mask, record.moment());
  }
  if (!wanted_.has_target(target->pid, target->tid) || record.has(trace_target_by_kernel)) return;
  lives_.appear({.time = time(record.moment()),
                 .task = std::move(*target),
                 .allowed = known.value_or(*mask),
                 .born = false},
                record.moment());
}

void Stream::take_exit(const Record& record) {
  const Tid tid(record->actor.tid);
  if (lives_.wanted()) {
    endings_.push_back({record.moment(), tid, start_ticks(record->actor.start_time)});
    tell_endings();
  }
  remembered_.forget(tid);
  wanted_.forget(tid);
  if (record.has(trace_whole_process)) wanted_.forget(Pid(record->actor.pid));
  pending_.erase(record->actor.tid);
  constexpr std::size_t most = 1024;
  if (ended_.size() == most) ended_.pop_front();
  ended_.push_back(record.actor());
}

// A change is told when it is known what explains it, and the thread may have ended by then.
void Stream::tell_endings() {
  while (!endings_.empty() &&
         (waiting_.empty() || waiting_.front().moment > endings_.front().moment)) {
    const Ending ending = endings_.front();
    endings_.pop_front();
    lives_.end(ending.tid, ending.start, time(ending.moment));
  }
}

void Stream::introduce(const SetEvent& event) {
  if (!lives_.wanted() || !event.target) return;
  const TargetTask& target = *event.target;
  if (!wanted_.has_target(target.pid, target.tid)) return;
  const auto& mask = event.old ? event.old : event.effective;
  if (!mask || lives_.has(target.tid, target.start_time)) return;
  Alive alive{.time = event.time, .task = target, .allowed = *mask, .born = false};
  alive.task.cgroup.reset();
  lives_.introduce(alive, Moment(event.time.time_since_epoch() - offset_));
}

std::vector<Alive> Stream::living(const std::vector<TaskMasks>& snapshot, Moment began) const {
  std::vector<Alive> living;
  for (const TaskMasks& masks : snapshot) {
    const Task& task = masks.task;
    if (!is_told(task) || !wanted_.has_target(task.pid, task.tid)) continue;
    // Where it is not the snapshot's, a change will be told.
    const auto known = remembered_.recall(task.tid, task.start_time);
    living.push_back({.time = time(began),
                      .task = target_of(task),
                      .allowed = known.value_or(masks.allowed),
                      .born = false});
  }
  return living;
}

std::vector<Change> Stream::compare(const std::vector<TaskMasks>& snapshot, Moment began,
                                    Whole whole) {
  auto changes = remembered_.compare(snapshot, began, whole);
  if (lives_.wanted() && whole == Whole::yes)
    lives_.compare(living(snapshot, began), began, time(began));
  return changes;
}

void Stream::meet(Moment began) {
  lives_.confirm(began, [](Tid, std::uint64_t) { return true; });
}

bool Stream::is_there(Tid tid, std::uint64_t start) const {
  const auto task = kernel_.task(tid);
  return task && task->start_time == start && is_alive(*task);
}

}  // namespace pinfold::trace

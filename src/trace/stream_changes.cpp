// Changes that no call made: found by snapshots, or told by commits and not yet explained.
#include <algorithm>
#include <ranges>
#include <utility>

#include "trace/stream.h"

namespace pinfold::trace {

void Stream::take(Happened happened) {
  for (Trigger& trigger : happened.triggers) {
    if (trigger.kind == Trigger::Kind::hotplug) switching_.reset();
    // Moves are told by records, which are surer.
    if (trigger.kind == Trigger::Kind::cgroup_move) continue;
    triggers_.push_back(std::move(trigger));
  }
  if (!happened.triggers.empty()) cpusets_.clear();
  missed_ = missed_ || happened.missed;
  online_ = std::move(happened.online);
}

// Who did it may have ended before anybody could look; its end was told.
void Stream::identify(Trigger& trigger) const {
  if (trigger.actor) return;
  if (trigger.kind == Trigger::Kind::hotplug) {
    const auto found = switchers_.find(trigger.cpu.value());
    if (found != switchers_.end()) trigger.actor = found->second;
    return;
  }
  for (const Actor& actor : ended_ | std::views::reverse) {
    if (actor.tid != trigger.tid) continue;
    trigger.actor = actor;
    return;
  }
}

Meanwhile Stream::meanwhile() {
  for (Trigger& trigger : triggers_)
    identify(trigger);
  if (const auto system = kernel_.cpus()) online_ = system->online;
  return {.triggers = triggers_, .missed = missed_, .online = online_};
}

void Stream::settle(Moment began) {
  // CPUs that go change cpusets a while later.
  const Time hotplugs_before = time(began - std::chrono::seconds(1));
  const Time others_before = time(began);
  std::erase_if(triggers_, [&](const Trigger& trigger) {
    return trigger.time <
           (trigger.kind == Trigger::Kind::hotplug ? hotplugs_before : others_before);
  });
  missed_ = false;
  lives_.confirm(began, [this](Tid tid, std::uint64_t start) { return is_there(tid, start); });
}

void Stream::forget_triggers(Moment before) {
  const Time earliest = time(before);
  std::erase_if(triggers_, [&](const Trigger& trigger) { return trigger.time < earliest; });
}

void Stream::await(const std::vector<Change>& changes) {
  for (const Change& change : changes)
    awaited_.insert_or_assign(change.now.task.tid.value(), change);
}

void Stream::tell_awaited(Tid tid, const CpuSet& now) {
  const auto found = awaited_.find(tid.value());
  if (found == awaited_.end() || found->second.now.allowed == now) return;
  const std::vector changes = {std::move(awaited_.extract(found).mapped())};
  confirm(changes);
}

void Stream::confirm(const std::vector<Change>& changes) {
  if (changes.empty()) return;
  for (const Change& change : changes)
    awaited_.erase(change.now.task.tid.value());
  const Meanwhile meanwhile = this->meanwhile();
  for (const Change& change : changes) {
    const auto before = remembered_.confirm(change);
    if (!before) continue;
    const Task& task = change.now.task;
    SetEvent event;
    event.time = time(change.seen);
    event.target = TargetTask{.pid = task.pid,
                              .tid = task.tid,
                              .comm = task.name,
                              .start_time = task.start_time,
                              .cgroup = {}};
    known_.complete(*event.target);
    Explanation explanation = explain_change(
        {.cgroup = event.target->cgroup, .before = *before, .after = change.now.allowed},
        meanwhile);
    // The kernel binds its own threads itself as they begin.
    if (explanation.cause == Cause::unknown && task.kernel_thread) continue;
    event.actor = std::move(explanation.actor);
    if (event.actor) {
      known_.complete(*event.actor);
      event.relation = known_.relation(*event.actor, *event.target);
    }
    event.old = *before;
    event.old_from = OldFrom::remembered;
    event.effective = change.now.allowed;
    event.cause = explanation.cause;
    event.attribution = explanation.attribution;
    event.by = std::move(explanation.by);
    tell_change(std::move(event));
  }
}

// Who runs when a mask is replaced need not be who wanted it: the kernel does some in whatever task
// it interrupts. One who has just written to this thread's cpuset, or moved it, is.
Explanation Stream::explain(const Waiting& waiting, const Meanwhile& meanwhile) const {
  const SetEvent& event = waiting.event;
  const Trigger* nearest = nullptr;
  for (const Trigger& trigger : meanwhile.triggers) {
    if (waiting.by_kernel || !trigger.actor || trigger.actor->pid != event.actor->pid) continue;
    if (!concerns(trigger, event.target->cgroup)) continue;
    const auto away = [&](const Trigger& one) { return std::chrono::abs(one.time - event.time); };
    if (!nearest || away(trigger) < away(*nearest)) nearest = &trigger;
  }
  if (nearest) {
    const bool move = nearest->kind == Trigger::Kind::cgroup_move;
    return {.cause = move ? Cause::cgroup_move : Cause::cpuset_write,
            .attribution = Attribution::exact,
            .actor = event.actor,
            .by = move ? nearest->cgroup : nearest->path};
  }
  return explain_change(
      {.cgroup = event.target->cgroup, .before = *event.old, .after = *event.effective}, meanwhile);
}

void Stream::flush_commits(Moment before) {
  // That a CPU has gone is told when it has, which takes some a second.
  constexpr auto switched_within = std::chrono::seconds(2);
  if (switching_ && before > *switching_ + switched_within) switching_.reset();
  if (switching_) before = std::min(before, *switching_);
  if (waiting_.empty() || waiting_.front().moment >= before) return;
  tell_waiting(before);
  tell_endings();
}

void Stream::tell_waiting(Moment before) {
  const Meanwhile meanwhile = this->meanwhile();
  while (!waiting_.empty() && waiting_.front().moment < before) {
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    SetEvent& event = waiting.event;
    Explanation explanation = explain(waiting, meanwhile);
    event.cause = explanation.cause;
    event.attribution = explanation.attribution;
    event.by = std::move(explanation.by);
    event.actor = std::move(explanation.actor);
    event.relation.reset();
    if (event.actor) {
      known_.complete(*event.actor);
      event.relation = known_.relation(*event.actor, *event.target);
    }
    tell_change(std::move(event));
  }
}

}  // namespace pinfold::trace

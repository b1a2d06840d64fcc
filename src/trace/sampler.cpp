#include "trace/sampler.h"

#include <algorithm>
#include <ctime>
#include <iterator>

#include "base/try.h"
#include "trace/record.h"

namespace pinfold::trace {
namespace {

constexpr int pauses_per_pass = 20;

// Some masks follow a trigger only after a while: the kernel leaves cpusets to a worker after a
// hotplug (cpuset_hotplug_workfn() before 6.10).
constexpr Clock::Duration aftermath = std::chrono::milliseconds(20);

}  // namespace

std::uint64_t ticks_after_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  constexpr std::uint64_t second = 1'000'000'000;
  return start_ticks((static_cast<std::uint64_t>(now.tv_sec) * second) +
                     static_cast<std::uint64_t>(now.tv_nsec));
}

Sampler::Sampler(Kernel& kernel, SamplerOptions options)
    : kernel_(kernel),
      options_(std::move(options)),
      lives_(options_.lives ? LifeSink([this](const Life& life) { lives_told_.push_back(life); })
                            : LifeSink()) {}

Result<std::size_t> Sampler::start() {
  collect(Online::asked);  // from before
  recent_.clear();
  missed_.reset();
  began_ = options_.clock->now();
  CHECK_OK(survey());
  return memory_.size();
}

void Sampler::collect(Online online) {
  if (!options_.happened) {
    if (online == Online::as_told) return;
    if (const auto cpus = kernel_.cpus()) online_ = cpus->online;
    return;
  }
  Happened happened = options_.happened(online);
  const Moment now = options_.clock->now();
  for (Trigger& trigger : happened.triggers)
    recent_.push_back({.trigger = std::move(trigger), .read = now});
  if (happened.missed) missed_ = now;
  online_ = std::move(happened.online);
}

Result<std::vector<SetEvent>> Sampler::pass() {
  // What was told while the last pass was under way may have come after it saw a thread.
  const Moment since = began_ - aftermath;
  began_ = options_.clock->now();
  TRY(const std::vector<Change> changes, survey());
  collect(Online::asked);  // a write is told after what it did, which this pass may have seen
  std::vector<Trigger> triggers;
  const Meanwhile happened = meanwhile(since, triggers);
  std::vector<SetEvent> events;
  for (const Change& change : changes) {
    if (memory_.confirm(change)) events.push_back(tell(change, happened));
  }
  std::erase_if(recent_, [&](const Recent& recent) { return recent.read < began_ - aftermath; });
  took_ = options_.clock->now() - began_;
  return events;
}

Clock::Duration Sampler::pause() const {
  return std::max(options_.interval, took_ * pauses_per_pass);
}

Leg Sampler::leg() const {
  const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(options_.interval);
  return {.name = "masks",
          .chosen = "compared every " + std::to_string(interval.count()) + " ms or less often",
          .reason = "",
          .blind = "calls, and masks that are changed back before they are looked at"};
}

Result<std::vector<Change>> Sampler::survey() {
  std::vector<Change> changes;
  const std::uint64_t ticks = options_.lives ? options_.ticks() : 0;
  noticed_ = std::chrono::system_clock::now();
  lives_.look();
  for (const Scope& scope : options_.whom) {
    if (!compare_snapshot(scope, changes)) CHECK_OK(ask_each(scope, changes));
  }
  memory_.forget_unseen(began_);
  for (const Ended& one : lives_.unseen(began_, noticed_))
    lives_.end(one.tid, one.start_time, one.time);
  born_from_ = ticks;
  return changes;
}

bool Sampler::compare_snapshot(const Scope& scope, std::vector<Change>& changes) {
  if (!snapshots_) return false;
  const auto snapshot = kernel_.snapshot(scope);
  if (snapshot) {
    std::ranges::move(memory_.compare(*snapshot, began_, Whole::no), std::back_inserter(changes));
    for (const TaskMasks& masks : *snapshot)
      see(masks);
    return true;
  }
  if (snapshot.error().kind == ErrorKind::no_such_task) return true;
  snapshots_ = false;
  return false;
}

Result<void> Sampler::ask_each(const Scope& scope, std::vector<Change>& changes) {
  if (const Tid* tid = std::get_if<Tid>(&scope)) {
    ask(
        *tid, options_.lives ? Look::whole : Look::mask, [&] { return kernel_.task(*tid); },
        changes);
  } else if (const Pid* pid = std::get_if<Pid>(&scope)) {
    ask(*pid, changes);
  } else {
    TRY(const std::vector<Pid> pids, kernel_.processes());
    for (const Pid one : pids)
      ask(one, changes);
  }
  return {};
}

void Sampler::ask(Pid pid, std::vector<Change>& changes) {
  const auto process = kernel_.process(pid);
  if (!process) return;
  const auto listing = (*process)->list();
  if (!listing) return;
  // Of a thread the process is asked: for Kernel::task() the kernel adds up what all of its threads
  // have used. Whoever stands for the process may have become another program.
  for (const Tid tid : listing->threads) {
    const bool whole = options_.lives && tid == pid.leader();
    ask(tid, whole ? Look::whole : Look::mask, [&] { return (*process)->task(tid); }, changes);
  }
}

// What differs now is told as a change; until then the thread has what was known of it.
void Sampler::see(const TaskMasks& masks) {
  const Task& task = masks.task;
  if (!options_.lives || !is_told(task)) return;
  const bool born = task.start_time >= born_from_ && !lives_.has(task.tid, task.start_time);
  const auto known = memory_.recall(task.tid, task.start_time);
  lives_.appear({.time = noticed_,
                 .task = target_of(task),
                 .allowed = known.value_or(masks.allowed),
                 .born = born},
                began_);
}

void Sampler::ask(Tid tid, Look look, const std::function<Result<Task>()>& who,
                  std::vector<Change>& changes) {
  const auto effective = kernel_.effective(tid);
  if (!effective) return;
  // A hundred times quicker than to read what is allowed, and all that a thread with the same
  // number would have to differ in.
  const CpuSet* known = memory_.known(tid, began_);
  if (look == Look::mask && known && (*known & online_) == *effective) {
    lives_.see(tid);
    return memory_.same(tid, began_);
  }
  auto task = who();
  auto allowed = kernel_.allowed(tid);
  if (!task || !allowed) return;
  const TaskMasks masks{.task = std::move(*task), .allowed = std::move(*allowed)};
  if (auto change = memory_.look(masks, began_)) changes.push_back(std::move(*change));
  see(masks);
}

Meanwhile Sampler::meanwhile(Moment since, std::vector<Trigger>& triggers) const {
  for (const Recent& recent : recent_) {
    if (recent.read >= since) triggers.push_back(recent.trigger);
  }
  return {.triggers = triggers, .missed = missed_ && *missed_ >= since, .online = online_};
}

SetEvent Sampler::tell(const Change& change, const Meanwhile& meanwhile) const {
  const Task& task = change.now.task;
  SetEvent event;
  event.time = std::chrono::system_clock::now();
  event.target = TargetTask{.pid = task.pid,
                            .tid = task.tid,
                            .comm = task.name,
                            .start_time = task.start_time,
                            .cgroup = options_.cgroup_of(task.tid)};
  event.old = change.before;
  event.old_from = OldFrom::remembered;
  event.effective = change.now.allowed;
  Explanation why = explain_change(
      {.cgroup = event.target->cgroup, .before = change.before, .after = change.now.allowed},
      meanwhile);
  event.cause = why.cause;
  event.attribution = why.attribution;
  event.actor = std::move(why.actor);
  event.by = std::move(why.by);
  return event;
}

}  // namespace pinfold::trace

#include "trace/sampler.h"

#include <algorithm>
#include <iterator>

#include "base/try.h"

namespace pinfold::trace {
namespace {

constexpr int pauses_per_pass = 20;

// Some masks follow a trigger only after a while: the kernel leaves cpusets to a worker after a
// hotplug (cpuset_hotplug_workfn() before 6.10).
constexpr Clock::Duration aftermath = std::chrono::milliseconds(20);

}  // namespace

Sampler::Sampler(Kernel& kernel, SamplerOptions options)
    : kernel_(kernel), options_(std::move(options)) {}

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
  for (const Scope& scope : options_.whom) {
    if (!compare_snapshot(scope, changes)) CHECK_OK(ask_each(scope, changes));
  }
  memory_.forget_unseen(began_);
  return changes;
}

bool Sampler::compare_snapshot(const Scope& scope, std::vector<Change>& changes) {
  if (!snapshots_) return false;
  const auto snapshot = kernel_.snapshot(scope);
  if (snapshot) {
    std::ranges::move(memory_.compare(*snapshot, began_, Whole::no), std::back_inserter(changes));
    return true;
  }
  if (snapshot.error().kind == ErrorKind::no_such_task) return true;
  snapshots_ = false;
  return false;
}

Result<void> Sampler::ask_each(const Scope& scope, std::vector<Change>& changes) {
  if (const Tid* tid = std::get_if<Tid>(&scope)) {
    ask(*tid, [&] { return kernel_.task(*tid); }, changes);
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
  // have used.
  for (const Tid tid : listing->threads)
    ask(tid, [&] { return (*process)->task(tid); }, changes);
}

void Sampler::ask(Tid tid, const std::function<Result<Task>()>& who, std::vector<Change>& changes) {
  const auto effective = kernel_.effective(tid);
  if (!effective) return;
  // A hundred times quicker than to read what is allowed, and all that a thread with the same
  // number would have to differ in.
  const CpuSet* known = memory_.known(tid, began_);
  if (known && (*known & online_) == *effective) return memory_.same(tid, began_);
  auto task = who();
  auto allowed = kernel_.allowed(tid);
  if (!task || !allowed) return;
  auto change = memory_.look({.task = std::move(*task), .allowed = std::move(*allowed)}, began_);
  if (change) changes.push_back(std::move(*change));
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

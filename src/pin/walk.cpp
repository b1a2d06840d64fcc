#include "pin/walk.h"

#include <algorithm>
#include <cerrno>

#include "base/prefault.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "pin/explain.h"
#include "pin/parallel.h"

namespace pinfold {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// How often a thread that keeps running is looked at before it is stopped for a moment.
constexpr int looks_before_hold = 8;

Clock::Duration pause_before(int look) {
  return look < 4 ? microseconds(20) : look < 16 ? microseconds(100) : milliseconds(1);
}

void note_failure(ThreadPlacement& thread, Error error) {
  thread.outcome = error.kind == ErrorKind::no_such_task ? Outcome::skipped : Outcome::failed;
  thread.error = std::make_shared<const Error>(std::move(error));
}

void note_effective(ThreadPlacement& thread, const CpuSet& effective) {
  thread.allowed = thread.effective = effective;
  thread.outcome = effective == thread.before ? Outcome::same : Outcome::set;
}

// The call alone.
bool request(Kernel& kernel, ThreadPlacement& thread) {
  const auto set = kernel.set_affinity(thread.tid, thread.asked);
  if (set) return true;
  thread.allowed = thread.effective = thread.before;
  note_failure(thread, explain_refusal(kernel, thread.tid, thread.asked, set.error().number));
  return false;
}

}  // namespace

void set_thread(Kernel& kernel, Narrower narrower, ThreadPlacement& thread) {
  if (!request(kernel, thread)) return;
  const auto effective = kernel.effective(thread.tid);
  if (!effective) {
    const int reason = effective.error().number;
    note_failure(thread, explain_refusal(kernel, thread.tid, thread.asked, reason));
    return;
  }
  note_effective(thread, *effective);
  if (*effective == thread.asked) return;
  if (auto allowed = kernel.allowed(thread.tid)) thread.allowed = std::move(*allowed);
  if (narrower == Narrower::error) {
    note_failure(thread, explain_narrowing(kernel, thread.tid, thread.asked, *effective));
  }
}

Walk::Walk(Kernel& kernel, const Assignment& assignment, const ApplyOptions& options)
    : kernel_(kernel),
      assignment_(assignment),
      process_(*assignment.process),
      options_(options),
      give_up_(options.clock->now() + options.patience) {}

Result<ProcessPlacement> Walk::run() {
  bool certain = false;
  // The second round reads back what the first has set, so there are two at least.
  for (int rounds = 0; !certain && (rounds < 2 || options_.clock->now() < give_up_); ++rounds) {
    auto last = round();
    if (!last) {
      Error error = std::move(last).error();
      error.task = task_label(assignment_.task);
      error.reason = "ended before it was set";
      return fail(std::move(error));
    }
    certain = *last;
  }
  std::ranges::sort(unproved_);
  unproved_.erase(std::ranges::unique(unproved_).begin(), unproved_.end());
  std::erase_if(threads_, [](const auto& thread) { return thread.outcome == Outcome::skipped; });

  ProcessPlacement placement{.pid = std::get<Pid>(assignment_.target),
                             .name = safe_text(assignment_.task.name),
                             .unproved = unproved_.size(),
                             .threads = std::move(threads_)};
  if (certain && unproved_.empty()) placement.proved = held_ ? Proof::held : Proof::clear;
  return placement;
}

// One look at all threads. True when it was the last one that is needed.
Result<bool> Walk::round() {
  const bool same_threads = std::exchange(listed_all_, false);
  bool walked = false;
  const bool by_snapshot = first_round_ && read_snapshot();
  if (!same_threads && !by_snapshot) {
    TRY(walked, walk());
  }
  if (first_round_) {
    first_looks(by_snapshot);
  } else {
    for_each_look([&](Look& look) { this->look(look); });
  }
  first_round_ = false;

  bool quiet = true;  // all was right, and nobody vanished who could have made others
  bool all_alive = true;
  std::vector<Tid> pending;
  for (Look& look : looks_) {
    if (look.seen == Seen::vanished) {
      all_alive = false;
      // One that was right when it was last seen could only make right ones.
      if (look.is_new) quiet = false;
      continue;
    }
    look.is_new = false;
    if (look.seen != Seen::right && look.seen != Seen::hopeless) quiet = false;
    if (look.seen == Seen::unproved) pending.push_back(look.tid);
  }
  if (!pending.empty()) prove(std::move(pending));
  if (quiet && same_threads && all_alive) return true;
  // A walk is cut short only by a thread that dies under it, and that is the last it lists.
  if (quiet && walked && process_.activity(looks_.back().tid) != Activity::gone) return true;

  // All of them are proved. If there are no more threads now, and these turn out to be alive
  // after that, there was nobody else.
  listed_all_ = all_alive && unproved_.empty() && process_.count() == looks_.size();
  return false;
}

// Lists the threads, and finds or makes the record of each. True when the walk was whole.
Result<bool> Walk::walk() {
  TRY(const Listing listing, process_.list());
  std::ranges::sort(records_);
  const auto known = static_cast<std::ptrdiff_t>(records_.size());
  std::size_t records = threads_.size();
  looks_.assign(listing.threads.size(), {});
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    Look& look = looks_[i];
    look.tid = listing.threads[i];
    const auto end = records_.begin() + known;
    const auto found = std::ranges::lower_bound(records_.begin(), end, look.tid, {},
                                                &std::pair<Tid, std::size_t>::first);
    if (found != end && found->first == look.tid) {
      look.record = found->second;
      // One that had vanished, and whose number is seen again, is new.
      look.is_new = threads_[look.record].outcome == Outcome::skipped;
    } else {
      look.record = records++;
      records_.emplace_back(look.tid, look.record);
    }
  }
  if (threads_.empty()) reserve_prefaulted(threads_, records);
  threads_.resize(records);
  return listing.whole;
}

// Lists the threads by a snapshot, with what they have. False where that is not worth it, or not
// permitted, or did not tell of this process.
bool Walk::read_snapshot() {
  const CpuSet& online = assignment_.limits.cpus.online;
  const std::size_t count = process_.count().value_or(0);
  if (online.empty() || count < options_.snapshot_from) return false;
  const Task& leader = assignment_.task;
  bool is_same = false;  // it goes by the number, which can be another process's by now
  reserve_prefaulted(threads_, count + (count / 8));
  const auto read = kernel_.for_each_task(leader.pid, [&](const TaskMasks& masks) {
    const Task& task = masks.task;
    is_same |= task.tid == leader.tid && task.start_time == leader.start_time;
    threads_.push_back(
        {.tid = task.tid, .before = masks.allowed & online, .outcome = Outcome::skipped});
    requests_.add(masks);
  });
  if (!read || !is_same) {
    threads_.clear();
    return false;
  }
  if (!std::ranges::is_sorted(threads_, {}, &ThreadPlacement::tid)) {
    std::ranges::sort(threads_, {}, &ThreadPlacement::tid);
  }
  const auto twice = std::ranges::unique(threads_, {}, &ThreadPlacement::tid);
  threads_.erase(twice.begin(), twice.end());
  looks_.resize(threads_.size());
  for (std::size_t i = 0; i < looks_.size(); ++i) {
    looks_[i].tid = threads_[i].tid;
    looks_[i].record = i;
    records_.emplace_back(looks_[i].tid, i);
  }
  return true;
}

// What a thread shall ask for that is not known to be right.
std::optional<CpuSet> Walk::wanted(Tid tid, const CpuSet& now) const {
  if (assignment_.rule) return assignment_.rule(tid, now);
  // Its request may be another, so in the first round everybody asks. Later ones were born right.
  if (!first_round_ && now == expected_) return std::nullopt;
  return assignment_.asked;
}

void Walk::first_looks(bool by_snapshot) {
  for_each_look([&](Look& look) { by_snapshot ? decide(look) : look_before(look); });
  if (options_.record) options_.record(assignment_, threads_, std::exchange(requests_, {}));
  // The first one that is set shows what others will have that ask for the same.
  const auto first = std::ranges::find(looks_, Seen::unproved, &Look::seen);
  if (first == looks_.end()) return;
  first_asked_ = threads_[first->record].asked;
  set(*first, true);
  const bool was_set = first->seen == Seen::set || first->seen == Seen::unproved;
  expected_ = was_set ? threads_[first->record].effective : first_asked_;
  for_each_look([&](Look& look) {
    if (&look == &*first || look.seen != Seen::unproved) return;
    set_mask(look, threads_[look.record].asked != first_asked_);
    if (!by_snapshot) see(look);
  });
  if (by_snapshot) see_by_snapshot();
}

// Sees those that were set outside clone: many by a snapshot, and one by one those that it does not
// show there.
void Walk::see_by_snapshot() {
  // Where it fails it has told of some, which is true all the same.
  (void)kernel_.for_each_task(assignment_.task.pid, [&](const TaskMasks& masks) {
    if (!masks.outside_clone) return;
    const auto look = std::ranges::lower_bound(looks_, masks.task.tid, {}, &Look::tid);
    if (look == looks_.end() || look->tid != masks.task.tid || look->seen != Seen::unproved) return;
    if (threads_[look->record].outcome != Outcome::failed) look->seen = Seen::set;
  });
  for_each_look([&](Look& look) { see(look); });
}

// Looks at a thread for the first time. Unproved is who must be set.
void Walk::look_before(Look& look) {
  ThreadPlacement& thread = threads_[look.record];
  thread = {.tid = look.tid, .outcome = Outcome::skipped};
  look.seen = Seen::vanished;
  auto now = kernel_.effective(look.tid);
  if (!now) return;
  thread.before = std::move(*now);
  decide(look);
}

// Whether it must be set, by what it had.
void Walk::decide(Look& look) {
  ThreadPlacement& thread = threads_[look.record];
  if (auto asked = wanted(look.tid, thread.before)) {
    thread.asked = std::move(*asked);
    look.seen = Seen::unproved;
  } else {
    note_effective(thread, thread.before);
    look.seen = Seen::right;
  }
}

// Looks at one thread, and sets it unless it is right.
void Walk::look(Look& look) {
  ThreadPlacement& thread = threads_[look.record];
  if (look.is_new) {
    look_before(look);
    if (look.seen == Seen::unproved) set(look, true);
    return;
  }
  look.seen = Seen::vanished;
  const auto now = kernel_.effective(look.tid);
  if (!now) return;
  look.seen = Seen::right;
  if (*now == thread.effective) return;
  if (thread.outcome == Outcome::failed) {
    look.seen = Seen::hopeless;
  } else if (auto asked = wanted(look.tid, *now)) {
    thread.asked = std::move(*asked);
    set(look, true);
  } else {
    note_effective(thread, *now);
  }
}

void Walk::set(Look& look, bool read_back) {
  set_mask(look, read_back);
  see(look);
}

// Where it is not read back here, the next round does that.
void Walk::set_mask(Look& look, bool read_back) {
  ThreadPlacement& thread = threads_[look.record];
  if (read_back) {
    set_thread(kernel_, assignment_.narrower, thread);
  } else if (request(kernel_, thread)) {
    note_effective(thread, expected_);
  }
  look.seen = thread.outcome == Outcome::skipped ? Seen::vanished : Seen::unproved;
}

// Sees one that was set outside clone, if it is.
void Walk::see(Look& look) {
  if (look.seen != Seen::unproved) return;
  ThreadPlacement& thread = threads_[look.record];
  const Activity activity = process_.activity(look.tid);
  if (activity == Activity::gone) report_stranger(thread);
  if (thread.outcome == Outcome::failed) {
    look.seen = Seen::failed;
  } else if (is_clear(activity)) {
    look.seen = Seen::set;
  }
}

bool Walk::is_clear(Activity activity) const {
  if (activity == Activity::in_fork) return assignment_.forks == Forks::ignore;
  return activity == Activity::outside_clone || activity == Activity::gone;
}

// Sees each of these threads, which have been set, outside clone: by waiting, and where one
// keeps running by stopping it for a moment.
void Walk::prove(std::vector<Tid> pending) {
  for (int looks = 1; !pending.empty(); ++looks) {
    if (options_.clock->now() >= give_up_) break;
    options_.clock->sleep(pause_before(looks));
    std::vector<Tid> still;
    for (const Tid tid : pending) {
      const Activity activity = process_.activity(tid);
      if (is_clear(activity)) continue;
      const bool may_hold = activity == Activity::hidden ||
                            (activity == Activity::running && looks >= looks_before_hold);
      if (may_hold && !tracing_refused_) {
        const auto held = process_.hold(tid);
        if (held) {
          held_ |= *held == Held::stopped;
          continue;
        }
        // Another tracer's thread can be seen outside clone later; a hidden one never.
        tracing_refused_ = activity == Activity::hidden && held.error().number == EPERM;
      }
      if (activity == Activity::hidden && tracing_refused_) {
        unproved_.push_back(tid);
        continue;
      }
      still.push_back(tid);
    }
    pending = std::move(still);
  }
  unproved_.insert(unproved_.end(), pending.begin(), pending.end());
}

// A thread that was set and is then no longer one of this process: if its number is another
// task's now, that one may have been hit.
void Walk::report_stranger(ThreadPlacement& thread) {
  const auto stranger = kernel_.task(thread.tid);
  if (!stranger || stranger->pid == std::get<Pid>(assignment_.target)) return;
  note_failure(thread, {.kind = ErrorKind::task_replaced,
                        .task = "thread " + std::to_string(thread.tid.value()),
                        .owner = task_label(*stranger)});
}

// The newest first: they are the ones that may be gone in a moment.
template <class Work>
void Walk::for_each_look(const Work& work) {
  const std::size_t count = looks_.size();
  parallel_for(count, worker_count(), [&](std::size_t i) { work(looks_[count - 1 - i]); });
}

unsigned Walk::worker_count() const {
  if (options_.workers > 0) return options_.workers;
  const auto own = kernel_.effective(Tid());
  return own ? static_cast<unsigned>(std::clamp<std::size_t>(own->count(), 1, 8)) : 1;
}

}  // namespace pinfold

#include "pin/walk.h"

#include <algorithm>
#include <cerrno>
#include <thread>

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

}  // namespace

namespace {

void note_failure(ThreadPlacement& thread, Error error) {
  thread.outcome = error.kind == ErrorKind::no_such_task ? Outcome::skipped : Outcome::failed;
  thread.error = std::move(error);
}

void note_effective(ThreadPlacement& thread, const CpuSet& effective) {
  thread.allowed = thread.effective = effective;
  thread.outcome = effective == thread.before ? Outcome::same : Outcome::set;
}

bool request(Kernel& kernel, const CpuSet& asked, ThreadPlacement& thread) {
  const auto set = kernel.set_affinity(thread.tid, asked);
  if (set) return true;
  note_failure(thread, explain_refusal(kernel, thread.tid, asked, set.error().number));
  return false;
}

}  // namespace

void set_thread(Kernel& kernel, const CpuSet& asked, Narrower narrower, ThreadPlacement& thread) {
  if (!request(kernel, asked, thread)) return;
  const auto effective = kernel.effective(thread.tid);
  if (!effective) {
    note_failure(thread, explain_refusal(kernel, thread.tid, asked, effective.error().number));
    return;
  }
  note_effective(thread, *effective);
  if (thread.effective == asked) return;
  if (auto allowed = kernel.allowed(thread.tid)) thread.allowed = std::move(*allowed);
  if (narrower == Narrower::error) {
    note_failure(thread, explain_narrowing(kernel, thread.tid, asked, thread.effective));
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
  int rounds = 0;
  do {
    auto walked = round();
    if (!walked) {
      Error error = std::move(walked).error();
      error.task = task_label(assignment_.task);
      error.reason = "ended before it was set";
      return fail(std::move(error));
    }
    certain = *walked;
    ++rounds;
    // The second round reads back what the first has set.
  } while (!certain && (rounds < 2 || options_.clock->now() < give_up_));
  std::ranges::sort(unproved_);
  unproved_.erase(std::ranges::unique(unproved_).begin(), unproved_.end());

  std::erase_if(threads_, [](const auto& thread) { return thread.outcome == Outcome::skipped; });

  const Pid pid = std::get<Pid>(assignment_.target);
  ProcessPlacement placement{.pid = pid,
                             .name = safe_text(assignment_.task.name),
                             .asked = assignment_.asked,
                             .proved = Proof::no,
                             .unproved = unproved_.size(),
                             .threads = std::move(threads_)};
  if (certain && unproved_.empty()) placement.proved = held_ ? Proof::held : Proof::clear;
  return placement;
}

// One look at all threads. True when it was the last one that is needed.
Result<bool> Walk::round() {
  const bool counted = std::exchange(listed_all_, false);
  bool walked = false;
  if (!counted) {
    TRY(const Listing listing, list());
    find_threads(listing.threads);
    walked = listing.whole;
  }
  if (looks_.empty()) return false;
  if (first_round_) look_at_first();
  const std::size_t done = first_round_ ? 1 : 0;
  // The newest first: they are the ones that may be gone in a moment.
  parallel_for(looks_.size() - done, worker_count(),
               [&](std::size_t i) { look(looks_[looks_.size() - 1 - i]); });

  first_round_ = false;

  bool quiet = true;  // nothing was changed, and all were seen who could have made others
  bool all_alive = true;
  std::vector<Tid> pending;
  for (const Look& look : looks_) {
    switch (look.seen) {
      case Seen::right:
      case Seen::failed_before:
        break;
      case Seen::vanished:
        all_alive = false;
        // One that was right when it was last seen could only make right ones.
        quiet &= !look.is_new;
        break;
      case Seen::failed:
      case Seen::proved:
        quiet = false;
        break;
      case Seen::unproved:
        quiet = false;
        pending.push_back(look.tid);
        break;
    }
  }
  if (!pending.empty()) prove(std::move(pending));
  if (quiet && counted && all_alive) return true;
  // A walk is cut short only by a thread that dies under it, and that is the last it lists.
  if (quiet && walked && process_.activity(looks_.back().tid) != Activity::gone) return true;

  // Who made a thread before it was set has been seen outside clone since. If there are no more
  // threads now than were listed, and these live on, there is no such child.
  listed_all_ = all_alive && unproved_.empty() && process_.count() == looks_.size();
  if (listed_all_) {
    for (Look& look : looks_)
      look.is_new = false;
  }
  return false;
}

// Lists the threads. Memory for what is learned of so many takes a while to touch: meanwhile.
Result<Listing> Walk::list() {
  constexpr std::size_t many = 1000;
  const auto count = first_round_ ? process_.count() : std::nullopt;
  if (!count || *count < many || worker_count() == 1) return process_.list();
  const std::jthread helper([&] { threads_.resize(*count); });
  return process_.list();
}

// Makes a look for each of the threads, and a place in threads_ where there is none yet.
void Walk::find_threads(const std::vector<Tid>& tids) {
  std::ranges::sort(index_);
  const std::size_t known = index_.size();
  looks_.assign(tids.size(), {});
  for (std::size_t i = 0; i < tids.size(); ++i) {
    looks_[i].tid = tids[i];
    const auto end = index_.begin() + static_cast<std::ptrdiff_t>(known);
    const auto found = std::ranges::lower_bound(index_.begin(), end, tids[i], {},
                                                &std::pair<Tid, std::size_t>::first);
    if (found != end && found->first == tids[i]) {
      looks_[i].thread = found->second;
      // One that vanished before it could be looked at is as good as new.
      looks_[i].is_new = threads_[found->second].outcome == Outcome::skipped;
      if (looks_[i].is_new) threads_[found->second].error.reset();
      continue;
    }
    looks_[i].thread = used_++;
    index_.emplace_back(tids[i], looks_[i].thread);
  }
  threads_.resize(used_);
}

// The first one set shows what the others will have, and inherit.
void Walk::look_at_first() {
  Look& first = looks_.front();
  ThreadPlacement& thread = threads_[first.thread];
  thread.tid = first.tid;
  thread.outcome = Outcome::skipped;
  expected_ = assignment_.asked;
  const auto before = kernel_.effective(first.tid);
  if (!before) return;
  thread.before = thread.allowed = thread.effective = *before;
  set(first, true);
  if (first.seen == Seen::proved || first.seen == Seen::unproved) expected_ = thread.effective;
}

// Looks at one thread, and sets it unless it is known to be right.
void Walk::look(Look& look) {
  ThreadPlacement& thread = threads_[look.thread];
  look.seen = Seen::vanished;
  if (look.is_new) {
    thread.tid = look.tid;
    thread.outcome = Outcome::skipped;
  }
  const auto now = kernel_.effective(look.tid);
  if (!now) return;
  if (!first_round_) {
    if (*now == (look.is_new ? expected_ : thread.effective)) {
      // Born right, of a creator that was right; or as it was set.
      look.seen = Seen::right;
      if (!look.is_new) return;
    } else if (!look.is_new && thread.outcome == Outcome::failed) {
      look.seen = Seen::failed_before;
      return;
    }
  }
  if (look.is_new) thread.before = *now;
  if (first_round_) return set(look, false);
  thread.allowed = thread.effective = *now;
  if (look.seen == Seen::right) {
    thread.outcome = Outcome::same;
  } else {
    set(look, true);
  }
}

// Where it is not read back, the next round does that.
void Walk::set(Look& look, bool read_back) {
  ThreadPlacement& thread = threads_[look.thread];
  if (read_back) {
    set_thread(kernel_, assignment_.asked, assignment_.narrower, thread);
  } else if (request(kernel_, assignment_.asked, thread)) {
    note_effective(thread, expected_);
  } else {
    thread.allowed = thread.effective = thread.before;
  }
  if (thread.outcome == Outcome::skipped) {
    look.seen = Seen::vanished;
    return;
  }
  look.activity = process_.activity(look.tid);
  if (look.activity == Activity::gone) report_stranger(thread);
  if (thread.outcome == Outcome::failed) {
    look.seen = Seen::failed;
  } else if (look.activity == Activity::outside_clone || look.activity == Activity::gone) {
    look.seen = Seen::proved;
  } else {
    look.seen = Seen::unproved;
  }
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
      if (activity == Activity::outside_clone || activity == Activity::gone) continue;
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
  thread.outcome = Outcome::failed;
  thread.error = Error{.kind = ErrorKind::task_replaced,
                       .task = "thread " + std::to_string(thread.tid.value()),
                       .owner = task_label(*stranger)};
}

unsigned Walk::worker_count() const {
  if (options_.workers > 0) return options_.workers;
  const auto own = kernel_.effective(Tid());
  return own ? static_cast<unsigned>(std::clamp<std::size_t>(own->count(), 1, 8)) : 1;
}

}  // namespace pinfold

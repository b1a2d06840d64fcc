#include "pin/walk.h"

#include <algorithm>
#include <cerrno>

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

void set_thread(Kernel& kernel, const CpuSet& asked, Narrower narrower, ThreadPlacement& thread) {
  const auto failed = [&](Error error) {
    thread.outcome = error.kind == ErrorKind::no_such_task ? Outcome::skipped : Outcome::failed;
    thread.error = std::move(error);
  };
  thread.allowed = thread.effective = thread.before;
  if (const auto set = kernel.set_affinity(thread.tid, asked); !set) {
    failed(explain_refusal(kernel, thread.tid, asked, set.error().number));
    return;
  }
  auto effective = kernel.effective(thread.tid);
  if (!effective) {
    failed(explain_refusal(kernel, thread.tid, asked, effective.error().number));
    return;
  }
  thread.effective = std::move(*effective);
  thread.allowed = thread.effective;
  thread.outcome = thread.effective == thread.before ? Outcome::same : Outcome::set;
  if (thread.effective == asked) return;
  if (auto allowed = kernel.allowed(thread.tid)) thread.allowed = std::move(*allowed);
  if (narrower == Narrower::error) {
    failed(explain_narrowing(kernel, thread.tid, asked, thread.effective));
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
  do {
    auto walked = round();
    if (!walked) {
      Error error = std::move(walked).error();
      error.task = task_label(assignment_.task);
      error.reason = "ended before it was set";
      return fail(std::move(error));
    }
    certain = *walked;
  } while (!certain && options_.clock->now() < give_up_);
  std::ranges::sort(unproved_);
  unproved_.erase(std::ranges::unique(unproved_).begin(), unproved_.end());

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

// One walk over all threads. True when it was the last one that is needed.
Result<bool> Walk::round() {
  TRY(const Listing listing, process_.list());
  const std::vector<Tid>& tids = listing.threads;
  std::vector<Look> looks(tids.size());

  // The newest first: they are the ones that may be gone in a moment.
  const auto look_at = [&](std::size_t i) {
    const std::size_t at = tids.size() - 1 - i;
    look(tids[at], !first_round_, looks[at]);
  };
  if (expected_.empty() && !tids.empty()) {
    // The first one set shows what the others will inherit.
    look(tids.front(), false, looks.front());
    expected_ = looks.front().seen == Seen::failed || looks.front().seen == Seen::vanished
                    ? assignment_.asked
                    : looks.front().thread.effective;
    parallel_for(tids.size() - 1, worker_count(), look_at);
  } else {
    parallel_for(tids.size(), worker_count(), look_at);
  }
  first_round_ = false;

  bool quiet = listing.whole;
  std::vector<Tid> pending;
  for (Look& look : looks) {
    const auto [known, is_new] = index_.try_emplace(look.thread.tid.value(), threads_.size());
    if (look.seen == Seen::vanished) {
      // One that was right when it was last seen could only make right ones.
      quiet &= !is_new;
      if (is_new) index_.erase(known);
      continue;
    }
    const bool failed_before = !is_new && threads_[known->second].outcome == Outcome::failed;
    if (look.seen != Seen::right && !(look.seen == Seen::failed && failed_before)) quiet = false;
    if (look.seen == Seen::unproved) pending.push_back(look.thread.tid);
    if (is_new) {
      threads_.push_back(std::move(look.thread));
    } else if (look.seen != Seen::right) {
      CpuSet before = std::move(threads_[known->second].before);
      threads_[known->second] = std::move(look.thread);
      threads_[known->second].before = std::move(before);
    }
  }
  if (!pending.empty()) prove(std::move(pending));
  if (!quiet) return false;
  // A walk is cut short only by a thread that dies under it, and that is the last it lists.
  return !tids.empty() && process_.activity(tids.back()) != Activity::gone;
}

// Looks at one thread, and sets it unless it is known to be right.
void Walk::look(Tid tid, bool trust_right, Look& look) {
  ThreadPlacement& thread = look.thread;
  thread.tid = tid;
  auto before = kernel_.effective(tid);
  if (!before) return;
  thread.before = std::move(*before);
  if (trust_right) {
    const auto known = index_.find(tid.value());
    const bool is_new = known == index_.end();
    if (thread.before == (is_new ? expected_ : threads_[known->second].effective)) {
      // Born right, of a creator that was right; or still as it was set.
      thread.allowed = thread.effective = thread.before;
      thread.outcome = Outcome::same;
      look.seen = Seen::right;
      return;
    }
    if (!is_new && threads_[known->second].outcome == Outcome::failed) {
      look.seen = Seen::failed;
      thread = threads_[known->second];
      return;
    }
  }
  set_thread(kernel_, assignment_.asked, assignment_.narrower, thread);
  if (thread.outcome == Outcome::skipped) return;
  look.activity = process_.activity(tid);
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

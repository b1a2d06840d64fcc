#include "pin/undo.h"

#include <algorithm>
#include <mutex>
#include <ranges>
#include <set>
#include <utility>

#include "base/try.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

Tid task_of(const ProcessChange& change) {
  return change.tid == Tid() ? change.pid.leader() : change.tid;
}

Target target_of(const ProcessChange& change) {
  if (change.tid == Tid()) return change.pid;
  return change.tid;
}

// What a thread has that asked for these: also before 6.2, where nobody remembers what was asked.
CpuSet as_made(const CpuSet& asked, const Limits& limits) { return asked & limits.usable(); }

// The rule for a process of the change.
class PutBack {
 public:
  PutBack(Process* process, const ProcessChange& change, const Limits& limits, Force force)
      : process_(process), change_(change), force_(force) {
    for (const MaskChange& mask : change.masks) {
      made_.push_back(as_made(mask.asked, limits));
      restored_.push_back(as_made(mask.back, limits));
    }
  }

  std::optional<CpuSet> operator()(Tid tid, const CpuSet& now) {
    const auto known = find(tid);
    if (!known) return for_new_thread(now);
    const MaskChange& mask = change_.masks[*known];
    if (now == made_[*known]) return mask.back;
    if (now == restored_[*known] || now == mask.before) return std::nullopt;
    if (force_ == Force::yes) return mask.back;
    const std::lock_guard lock(mutex_);
    left_.insert({tid, now, mask.asked});
    return std::nullopt;
  }

  [[nodiscard]] std::vector<ChangedSince> left() const {
    std::vector<ChangedSince> left;
    for (const Left& thread : left_)
      left.push_back({change_.pid, thread.tid, thread.now, thread.asked});
    return left;
  }

 private:
  struct Left {
    Tid tid;
    CpuSet now;
    CpuSet asked;
    bool operator<(const Left& other) const { return tid < other.tid; }
  };

  // Which of the masks this thread had.
  [[nodiscard]] std::optional<std::size_t> find(Tid tid) const {
    for (std::size_t i = 0; i < change_.masks.size(); ++i) {
      const MaskChange& mask = change_.masks[i];
      const auto found = std::ranges::lower_bound(mask.threads, tid);
      if (found == mask.threads.end() || *found != tid) continue;
      if (mask.start_times.empty() || !process_) return i;
      const auto task = process_->task(tid);
      const auto at = static_cast<std::size_t>(found - mask.threads.begin());
      if (task && task->start_time == mask.start_times[at]) return i;
    }
    return std::nullopt;
  }

  // Its creator was one that the change had set: it gets what the process had, which is what its
  // leader had where that has the same mask.
  [[nodiscard]] std::optional<CpuSet> for_new_thread(const CpuSet& now) const {
    std::optional<CpuSet> back;
    for (std::size_t i = 0; i < change_.masks.size(); ++i) {
      if (now != made_[i]) continue;
      const MaskChange& mask = change_.masks[i];
      const bool leaders = std::ranges::binary_search(mask.threads, change_.pid.leader());
      if (!back || leaders) back = mask.back;
    }
    return back;
  }

  Process* process_;
  const ProcessChange& change_;
  Force force_;
  std::vector<CpuSet> made_;      // by the change, for each of its masks
  std::vector<CpuSet> restored_;  // when it is undone
  std::mutex mutex_;
  std::set<Left> left_;
};

// Masks that a change of the whole system wrote, for processes that it did not know.
class Heirs {
 public:
  Heirs(const ChangeHead& head, const std::vector<ProcessChange>& processes)
      : since_(head.start_time), processes_(processes) {
    for (const ProcessChange& process : processes)
      known_.insert({process.pid, process.start_time});
  }

  [[nodiscard]] bool started_since(const Task& task) const {
    return task.start_time >= since_ && !knows(task);
  }

  // Whether it can have its mask from the change: not where the youngest of its ancestors that was
  // there before was left alone. Who has lost his parent is the child of pid 1, or of a subreaper.
  [[nodiscard]] bool may_inherit(Kernel& kernel, const Task& task) const {
    Task child = task;
    constexpr int most_steps = 1000;
    for (int i = 0; i < most_steps && child.parent != Pid(); ++i) {
      auto parent = kernel.task(child.parent.leader());
      if (parent && knows(*parent)) return true;
      if (parent && parent->start_time < since_) return false;
      if (!parent) parent = kernel.task(task.tid);  // from the start: it has another parent now
      if (!parent) return false;                    // ended
      child = *parent;
    }
    return true;
  }

  // It has what stood there: one of the masks that it got could be one that the change wrote.
  void note_put_back(const Task& task) { known_.insert({task.pid, task.start_time}); }

  // What stood where `now` stands: the widest, since nobody knows whose child this is.
  [[nodiscard]] std::optional<CpuSet> replaced(const CpuSet& now, const Limits& limits) const {
    const MaskChange* widest = nullptr;
    for (const ProcessChange& process : processes_) {
      for (const MaskChange& mask : process.masks) {
        if (as_made(mask.asked, limits) != now) continue;
        if (!widest || mask.before.count() > widest->before.count()) widest = &mask;
      }
    }
    return widest ? std::optional(widest->back) : std::nullopt;
  }

 private:
  [[nodiscard]] bool knows(const Task& task) const {
    return known_.contains({task.pid, task.start_time});
  }

  std::uint64_t since_;
  const std::vector<ProcessChange>& processes_;
  std::set<std::pair<Pid, std::uint64_t>> known_;
};

// Finds whom the change was about; nothing where they have ended.
Result<std::optional<Assignment>> find_again(Kernel& kernel, const ProcessChange& change) {
  auto found = find(kernel, target_of(change));
  if (!found) {
    const ErrorKind kind = found.error().kind;
    if (kind == ErrorKind::no_such_task || kind == ErrorKind::not_a_process) return std::nullopt;
    return fail(std::move(found).error());
  }
  if (found->task.start_time != change.start_time) return std::nullopt;
  found->narrower = Narrower::accept;
  TRY(found->limits, read_limits(kernel, task_of(change)));
  return std::optional(std::move(*found));
}

// Of threads that needed nothing there is nothing to tell.
void add(ProcessPlacement placement, std::vector<ProcessPlacement>& placements) {
  std::erase_if(placement.threads, [](const auto& thread) { return thread.asked.empty(); });
  if (!placement.threads.empty()) placements.push_back(std::move(placement));
}

void put_back(Kernel& kernel, const ProcessChange& change, Force force, const ApplyOptions& options,
              Undone& undone) {
  auto found = find_again(kernel, change);
  if (!found) {
    undone.errors.push_back(std::move(found).error());
    return;
  }
  if (!*found) {
    ++undone.ended;
    return;
  }
  Assignment& assignment = **found;
  PutBack rule(assignment.process.get(), change, assignment.limits, force);
  assignment.rule = std::ref(rule);
  auto placed = apply(kernel, assignment, options);
  if (placed) {
    add(std::move(*placed), undone.processes);
  } else if (placed.error().kind == ErrorKind::no_such_task) {
    ++undone.ended;
  } else {
    undone.errors.push_back(std::move(placed).error());
  }
  std::ranges::move(rule.left(), std::back_inserter(undone.left));
}

enum class Seen {
  right,     // nothing had to be put back
  put_back,  // something was
  vanished,  // it ended before it was looked at, and may have left a child
};

Seen put_back_heir(Kernel& kernel, Pid pid, Heirs& heirs, const ApplyOptions& options,
                   Undone& undone) {
  const auto task = kernel.task(pid.leader());
  if (!task) return Seen::vanished;
  if (task->kernel_thread || !heirs.started_since(*task)) return Seen::right;
  auto assignment = find(kernel, pid);
  auto limits = read_limits(kernel, pid.leader());
  if (!assignment || !limits) return Seen::vanished;
  const auto listing = assignment->process->list();
  if (!listing) return Seen::vanished;
  bool missed = false;
  bool any = false;
  for (const Tid tid : listing->threads) {
    const auto now = kernel.effective(tid);
    missed |= !now;
    any |= now && heirs.replaced(*now, *limits);
  }
  if (missed && !any) return Seen::vanished;
  if (!any || !heirs.may_inherit(kernel, *task)) return Seen::right;
  assignment->limits = *limits;
  assignment->narrower = Narrower::accept;
  assignment->forks = Forks::heed;
  assignment->rule = [&](Tid, const CpuSet& now) { return heirs.replaced(now, *limits); };
  auto placed = apply(kernel, *assignment, options);
  if (!placed) return Seen::vanished;
  const bool failed = std::ranges::any_of(
      placed->threads, [](const auto& thread) { return thread.outcome == Outcome::failed; });
  add(std::move(*placed), undone.processes);
  if (!failed) heirs.note_put_back(*task);
  return failed ? Seen::right : Seen::put_back;
}

// Processes that started since, until a pass finds none, and none ends unseen.
Result<void> put_back_heirs(Kernel& kernel, const ChangeHead& head,
                            const std::vector<ProcessChange>& processes,
                            const ApplyOptions& options, Undone& undone) {
  Heirs heirs(head, processes);
  TRY(const Task self, kernel.task(Tid()));
  const auto give_up = options.clock->now() + options.patience;
  std::set<Pid> right;
  bool found = true;
  while (found) {
    if (options.clock->now() >= give_up) return fail({.kind = ErrorKind::growing, .text = "undo"});
    TRY(const std::vector<Pid> pids, kernel.processes());
    found = false;
    // The newest first: they are the ones that may be gone in a moment.
    for (const Pid pid : std::views::reverse(pids)) {
      if (pid == self.pid || right.contains(pid)) continue;
      const Seen seen = put_back_heir(kernel, pid, heirs, options, undone);
      found |= seen != Seen::right;
      if (seen == Seen::put_back) right.clear();
      if (seen == Seen::right) right.insert(pid);
    }
  }
  return {};
}

}  // namespace

bool is_alive(Kernel& kernel, const ProcessChange& process) {
  const auto task = kernel.task(task_of(process));
  return task && task->pid == process.pid && task->start_time == process.start_time;
}

Undone undo(Kernel& kernel, const ChangeHead& head, const std::vector<ProcessChange>& processes,
            Force force, const ApplyOptions& options) {
  Undone undone;
  // The newest first: a process that was changed twice is as it was before the first time.
  for (const ProcessChange& process : std::views::reverse(processes))
    put_back(kernel, process, force, options, undone);
  if (head.kind == ChangeKind::set) return undone;
  if (auto done = put_back_heirs(kernel, head, processes, options, undone); !done) {
    undone.errors.push_back(std::move(done).error());
  }
  return undone;
}

}  // namespace pinfold

#include "pin/dedicate.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

// Takes everybody but the target off its CPUs.
class Clearing {
 public:
  Clearing(Kernel& kernel, const DedicateOptions& options, Dedication& result)
      : kernel_(kernel),
        options_(options),
        clock_(*options.apply.clock),
        result_(result),
        give_up_(clock_.now() + options.patience),
        only_look_(options.dry_run == DryRun::yes) {}

  // Puts one of the target on its CPUs. Whether some of it was not there before.
  Result<bool> place(Assignment assignment) {
    if (assignment.process) {
      processes_.insert(assignment.task.pid);
    } else {
      threads_.insert(assignment.task.tid);
    }
    if (options_.dry_run == DryRun::yes) return false;
    assignment.forks = Forks::heed;
    TRY(ProcessPlacement placed, apply(kernel_, assignment, options_.apply));
    const bool all_same = std::ranges::all_of(
        placed.threads, [](const auto& thread) { return thread.outcome == Outcome::same; });
    result_.target.push_back(std::move(placed));
    return !all_same;
  }

  Result<void> run() {
    TRY(const Task self, kernel_.task(Tid()));
    own_ = self.pid;
    TRY(cpus_, kernel_.cpus());
    CHECK_OK(step_aside());
    for (;;) {
      TRY(const bool found, pass());
      result_.settled = !found;
      if (!found || only_look_) return {};
      if (clock_.now() < give_up_) continue;
      // Who was moved by the last pass in time is no longer there: who is, remains.
      only_look_ = true;
      give_up_ = clock_.now() + std::chrono::milliseconds(100);
    }
  }

 private:
  enum class Seen {
    off,       // nobody of it has to go
    there,     // somebody had to
    vanished,  // it ended before it was looked at, and may have left a child
  };

  // Threads that help to look at others are born with what this one has.
  Result<void> step_aside() {
    TRY(const CpuSet now, kernel_.effective(Tid()));
    const CpuSet rest = now - result_.cpus;
    if (options_.dry_run == DryRun::yes || rest.empty() || rest == now) return {};
    return kernel_.set_affinity(Tid(), rest);
  }

  // What it shall ask for, that has `now`; nothing where it may stay as it is.
  [[nodiscard]] std::optional<CpuSet> wanted(Tid tid, const CpuSet& now,
                                             const Limits& limits) const {
    const CpuSet& taken = result_.cpus;
    if (threads_.contains(tid) || !now.intersects(taken)) return std::nullopt;
    const bool nowhere_else = taken.contains(now);
    if (nowhere_else && options_.evict == Evict::no) return std::nullopt;
    const CpuSet rest = (nowhere_else ? limits.no_wish() : mask_to_put_back(now, limits)) - taken;
    return rest.intersects(limits.usable()) ? std::optional(rest) : std::nullopt;
  }

  // True when somebody was found who had to go, or may have been missed. A process can end between
  // being listed and being looked at, and its child was not there to be listed: then what came
  // since is looked at too.
  Result<bool> pass() {
    result_.inside.clear();
    result_.kernel_threads.clear();
    result_.came_again.clear();
    bool found = false;
    if (!only_look_) {
      TRY(found, place_newcomers());
    }
    std::set<Pid> looked_at;
    for (bool missed = true; missed && !found;) {
      if (looked_at.size() > 1 && clock_.now() >= give_up_) return true;
      TRY(const std::vector<Pid> pids, kernel_.processes());
      missed = false;
      // The newest first: they are the ones that may be gone in a moment.
      for (const Pid pid : std::views::reverse(pids)) {
        if (pid == own_ || processes_.contains(pid) || looked_at.contains(pid)) continue;
        const Seen seen = look_at(pid);
        found |= seen == Seen::there;
        missed |= seen == Seen::vanished;
        if (seen != Seen::vanished) looked_at.insert(pid);
      }
    }
    return found;
  }

  Result<bool> place_newcomers() {
    if (!options_.newcomers) return false;
    TRY(std::vector<Assignment> newcomers, options_.newcomers());
    bool found = false;
    for (Assignment& newcomer : newcomers) {
      const auto placed = place(std::move(newcomer));
      found |= placed && *placed;  // else it has ended
    }
    return found;
  }

  Seen look_at(Pid pid) {
    const auto process = kernel_.process(pid);
    if (!process) return Seen::vanished;
    const auto listing = (*process)->list();
    if (!listing) return Seen::vanished;
    const auto leader = (*process)->task(pid.leader());
    if (!leader) return Seen::vanished;
    std::vector<std::pair<Tid, CpuSet>> there;
    bool missed = false;
    for (const Tid tid : std::views::reverse(listing->threads)) {
      auto now = kernel_.effective(tid);
      missed |= !now;
      if (!now || threads_.contains(tid) || !now->intersects(result_.cpus)) continue;
      there.emplace_back(tid, std::move(*now));
    }
    std::ranges::reverse(there);
    if (!there.empty()) {
      const Seen seen = look_at_threads(*leader, **process, there);
      if (seen != Seen::off) return seen;
    }
    // Of threads, too, one can have ended that made another.
    if (!missed || options_.dry_run == DryRun::yes || proved_.contains(id_of(*leader))) {
      return Seen::off;
    }
    if (only_look_) return Seen::vanished;
    const auto limits = limits_of(leader->tid);
    return limits && move(*leader, *limits) ? Seen::off : Seen::vanished;
  }

  // The CPUs of the system are read once: who lives for a moment only must be set by then.
  Result<Limits> limits_of(Tid tid) {
    Limits limits{.cpus = cpus_, .cpuset = {}};
    TRY(limits.cpuset, kernel_.cpuset(tid));
    return limits;
  }

  static std::pair<Pid, std::uint64_t> id_of(const Task& leader) {
    return {leader.pid, leader.start_time};
  }

  Seen look_at_threads(const Task& leader, Process& process,
                       const std::vector<std::pair<Tid, CpuSet>>& there) {
    const auto limits = limits_of(leader.tid);
    if (!limits) return Seen::vanished;
    const bool may_go = !leader.kernel_thread ||
                        (options_.kernel_threads == KernelThreads::move && !leader.bound_by_kernel);
    std::vector<Staying> go;
    bool missed = false;
    for (const auto& [tid, now] : there) {
      const auto task = process.task(tid);
      if (!task) {
        missed = true;
      } else if (may_go && wanted(tid, now, *limits)) {
        go.push_back({*task, now});
      } else {
        (leader.kernel_thread ? result_.kernel_threads : result_.inside).push_back({*task, now});
      }
    }
    if (go.empty() && missed) return Seen::vanished;
    if (go.empty() || hopeless_.contains(id_of(leader))) return Seen::off;
    if (options_.dry_run == DryRun::yes) {
      tell(leader, go, *limits);
    } else if (!only_look_) {
      move(leader, *limits);
    }
    std::ranges::move(go, std::back_inserter(result_.came_again));
    return Seen::there;
  }

  void tell(const Task& leader, const std::vector<Staying>& go, const Limits& limits) {
    ProcessPlacement placement{.pid = leader.pid, .name = safe_text(leader.name)};
    for (const Staying& thread : go) {
      placement.threads.push_back({.tid = thread.task.tid,
                                   .asked = *wanted(thread.task.tid, thread.cpus, limits),
                                   .before = thread.cpus,
                                   .allowed = thread.cpus,
                                   .effective = thread.cpus,
                                   .outcome = Outcome::skipped});
    }
    result_.others.push_back(std::move(placement));
  }

  // False where it has ended.
  bool move(const Task& leader, const Limits& limits) {
    // A kernel thread makes no others, and cannot be seen outside clone.
    auto assignment = leader.kernel_thread ? find(kernel_, leader.tid) : find(kernel_, leader.pid);
    if (!assignment) return false;
    assignment->limits = limits;
    assignment->narrower = Narrower::accept;
    assignment->forks = Forks::heed;
    assignment->rule = [&](Tid tid, const CpuSet& now) { return wanted(tid, now, limits); };
    ApplyOptions apply_options = options_.apply;
    constexpr Clock::Duration least = std::chrono::milliseconds(100);
    apply_options.patience = std::max(least, give_up_ - clock_.now());
    auto placed = apply(kernel_, *assignment, apply_options);
    if (!placed) return false;
    const bool failed = std::ranges::any_of(
        placed->threads, [](const auto& thread) { return thread.outcome == Outcome::failed; });
    if (failed) hopeless_.insert(id_of(leader));
    if (placed->done()) proved_.insert(id_of(leader));
    std::erase_if(placed->threads, [](const auto& thread) { return thread.asked.empty(); });
    if (!placed->threads.empty() || !placed->done()) result_.others.push_back(std::move(*placed));
    return true;
  }

  Kernel& kernel_;
  const DedicateOptions& options_;
  Clock& clock_;
  Dedication& result_;
  Clock::Time give_up_;
  bool only_look_;  // change nothing
  Pid own_;
  SystemCpus cpus_;
  std::set<Pid> processes_;  // the target's
  std::set<Tid> threads_;
  std::set<std::pair<Pid, std::uint64_t>> hopeless_;  // by their start times
  std::set<std::pair<Pid, std::uint64_t>> proved_;    // no thread of them comes back
};

// What everybody else could have: of a container, what its first process may.
Result<void> check_room(Kernel& kernel, const CpuSet& taken) {
  auto limits = read_limits(kernel, Tid(1));
  if (!limits) limits = read_limits(kernel, Tid());
  TRY(const Limits known, std::move(limits));
  const CpuSet all = known.usable() - known.cpus.isolated;
  if (!(all - taken).empty()) return {};
  return fail({.kind = ErrorKind::nothing_left,
               .cpus = to_cpu_list(taken),
               .limit = to_cpu_list(known.usable())});
}

// As people look for them; they were looked at the newest first.
void sort(Dedication& dedication) {
  const auto by_tid = [](const Staying& thread) { return thread.task.tid; };
  std::ranges::stable_sort(dedication.others, {}, &ProcessPlacement::pid);
  std::ranges::sort(dedication.inside, {}, by_tid);
  std::ranges::sort(dedication.kernel_threads, {}, by_tid);
  std::ranges::sort(dedication.came_again, {}, by_tid);
}

bool all_set(const std::vector<ProcessPlacement>& placements) {
  return std::ranges::all_of(placements, [](const auto& placement) { return placement.done(); });
}

}  // namespace

bool Dedication::done() const { return all_set(target) && all_set(others) && settled; }

Result<Dedication> dedicate(Kernel& kernel, std::vector<Assignment> target,
                            const DedicateOptions& options) {
  Dedication result;
  for (const Assignment& assignment : target)
    result.cpus |= assignment.expected;
  CHECK_OK(check_room(kernel, result.cpus));
  Clearing clearing(kernel, options, result);
  for (Assignment& assignment : target)
    CHECK_OK(clearing.place(std::move(assignment)));
  if (all_set(result.target)) {
    CHECK_OK(clearing.run());
  }
  sort(result);
  return result;
}

}  // namespace pinfold

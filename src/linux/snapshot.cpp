// Tasks in one pass, and from /proc those that the pass has left out.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/try.h"
#include "linux/kernel.h"
#include "linux/proc.h"

namespace pinfold {
namespace {

// Whom the pass has told of, and from /proc whom it has not: the list that it goes through changes
// meanwhile, and there are kernels that keep some from it whom /proc shows.
class Snapshot {
 public:
  Snapshot(Kernel& kernel, const VisitTask& visit) : kernel_(kernel), visit_(visit) {}

  void add(const TaskMasks& masks) {
    seen_.emplace_back(masks.task.pid, masks.task.tid);
    visit_(masks);
  }

  void complete(const Scope& scope) {
    std::ranges::sort(seen_);
    std::visit([&](auto whom) { look_for(whom); }, scope);
  }

  [[nodiscard]] bool is_empty() const { return seen_.empty() && !found_more_; }

 private:
  // Whose threads are as many as were seen is taken to have those: to list them takes a hundred
  // times as long.
  void look_for(Pid pid) {
    struct stat status{};
    if (::stat(proc_path(pid.leader(), "task").c_str(), &status) != 0) return;
    constexpr nlink_t links_before_threads = 2;
    const auto threads = std::ranges::equal_range(seen_, pid, {}, &std::pair<Pid, Tid>::first);
    if (threads.size() + links_before_threads >= status.st_nlink) return;
    const auto process = kernel_.process(pid);
    if (!process) return;
    const auto listing = (*process)->list();
    if (!listing) return;
    for (const Tid tid : listing->threads) {
      if (!std::ranges::binary_search(threads, std::pair(pid, tid))) tell(tid);
    }
  }

  void look_for(Tid tid) {
    if (seen_.empty()) tell(tid);
  }

  void look_for(Everybody) {
    const auto pids = kernel_.processes();
    if (!pids) return;
    for (const Pid pid : *pids)
      look_for(pid);
  }

  void tell(Tid tid) {
    auto task = kernel_.task(tid);
    auto allowed = kernel_.allowed(tid);
    if (!task || !allowed) return;
    found_more_ = true;
    visit_({.task = std::move(*task), .allowed = std::move(*allowed), .request = std::nullopt});
  }

  Kernel& kernel_;
  const VisitTask& visit_;
  std::vector<std::pair<Pid, Tid>> seen_;  // in the pass
  bool found_more_ = false;
};

std::unexpected<Error> nobody(const Scope& scope) {
  const Pid* pid = std::get_if<Pid>(&scope);
  const Tid* tid = std::get_if<Tid>(&scope);
  return fail({.kind = ErrorKind::no_such_task,
               .number = ESRCH,
               .task = pid   ? "process " + std::to_string(pid->value())
                       : tid ? "task " + std::to_string(tid->value())
                             : "any task"});
}

}  // namespace

Result<void> LinuxKernel::for_each_task(const Scope& scope, const VisitTask& visit) {
  if (!reader_) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "a snapshot of tasks",
                 .reason = "nothing here reads it"});
  }
  CHECK_OK(check_proc());
  Scope of = scope;
  if (const Tid* tid = std::get_if<Tid>(&of); tid && *tid == Tid()) of = Tid(::gettid());
  Snapshot snapshot(*this, visit);
  CHECK_OK(reader_->read(of, [&](const TaskMasks& masks) { snapshot.add(masks); }));
  snapshot.complete(of);
  if (snapshot.is_empty()) return nobody(of);
  return {};
}

Result<std::vector<TaskMasks>> LinuxKernel::snapshot(const Scope& scope) {
  std::vector<TaskMasks> tasks;
  if (std::holds_alternative<Everybody>(scope)) tasks.reserve(most_tasks_ + (most_tasks_ / 8));
  CHECK_OK(for_each_task(scope, [&](const TaskMasks& masks) { tasks.push_back(masks); }));
  if (tasks.size() > most_tasks_) most_tasks_ = tasks.size();
  return tasks;
}

}  // namespace pinfold

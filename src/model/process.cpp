#include "model/process.h"

namespace pinfold::model {

ModelProcess::ModelProcess(const Session& session, const model::Process& process,
                           const PidNamespace& space)
    : session_(session),
      space_(space),
      pid_(TaskTable::number_in(*process.leader, space)),
      number_(process.leader->number),
      start_time_(process.leader->start_time) {}

// Also execve(2) by another thread leaves number and start time to the leader.
model::Process* ModelProcess::find() const {
  const Task* leader = session_.system.tasks().find(number_);
  return leader && leader->start_time == start_time_ ? leader->process : nullptr;
}

Task* ModelProcess::find(Tid tid) const {
  Task* task = session_.system.tasks().find(tid.value(), space_);
  return task && task->process == find() ? task : nullptr;
}

// The walk goes from thread to thread: where the one that it has come to ends meanwhile, it cannot
// go on (next_tid() in fs/proc/base.c).
Result<Listing> ModelProcess::list() {
  const Call call(session_);
  model::Process* process = find();
  if (!process) return no_such_task("process", pid_.value());
  Listing listing{.threads = {}, .whole = true};
  const std::size_t halfway = process->threads.size() / 2;
  auto at = process->threads.begin();
  while (at != process->threads.end()) {
    if (listing.threads.size() == halfway && session_.on_listing) {
      const pid_t number = at->number;
      const std::uint64_t start_time = at->start_time;
      session_.on_listing();
      const Task* same = session_.system.tasks().find(number);
      if (!same || same->start_time != start_time) {
        listing.whole = false;
        break;
      }
    }
    listing.threads.emplace_back(TaskTable::number_in(*at, space_));
    ++at;
  }
  if (listing.threads.empty()) return no_such_task("process", pid_.value());
  return listing;
}

std::optional<std::size_t> ModelProcess::count() {
  const Call call(session_);
  const model::Process* process = find();
  return process ? process->threads.size() : 0;
}

Result<pinfold::Task> ModelProcess::task(Tid tid) {
  const Call call(session_);
  const Task* task = find(tid);
  if (!task) return no_such_task("thread", tid.value());
  return shown(*task, space_, session_.system.profile());
}

Activity ModelProcess::activity(Tid tid) {
  const Call call(session_);
  return activity_of(call.caller(), tid);
}

// What /proc/PID/task/TID/syscall tells: of who does not sleep, nothing.
Activity ModelProcess::activity_of(const Task& caller, Tid tid) const {
  const Task* task = find(tid);
  if (!task) return Activity::gone;
  if (!session_.system.may_look_at(caller, *task)) return Activity::hidden;
  if (task->state == TaskState::runnable) return Activity::running;
  if (task->cloning) return Activity::in_clone;
  return task->forking ? Activity::in_fork : Activity::outside_clone;
}

// ptrace_attach() refuses kernel threads, who has ended, and the caller's own process.
Result<Held> ModelProcess::hold(Tid tid) {
  const Call call(session_);
  const auto failed = [](int number) {
    return fail({.kind = ErrorKind::system, .number = number, .text = "ptrace"});
  };
  const Task* task = session_.system.tasks().find(tid.value(), space_);
  if (!task) return failed(ESRCH);
  if (task->is_kernel_thread() || task->state == TaskState::zombie ||
      task->process == call.caller().process ||
      !session_.system.may_look_at(call.caller(), *task, Look::by_call)) {
    return failed(EPERM);
  }
  const Activity now = activity_of(call.caller(), tid);
  if (now == Activity::outside_clone || now == Activity::gone) return Held::not_needed;
  if (task->cloning || task->forking) return failed(ETIMEDOUT);
  return Held::stopped;
}

}  // namespace pinfold::model

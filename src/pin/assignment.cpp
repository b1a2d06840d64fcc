#include "pin/assignment.h"

#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "pin/check.h"
#include "pin/explain.h"
#include "pin/walk.h"

namespace pinfold {
namespace {

Tid first_thread(const Target& target) {
  if (const Pid* pid = std::get_if<Pid>(&target)) return pid->leader();
  return std::get<Tid>(target);
}

// The kernel would refuse these whatever the mask: found out before anybody else is changed.
Result<void> check_task(Kernel& kernel, const Task& task, const CpuSet& asked) {
  if (!task.bound_by_kernel) return {};
  return fail(explain_refusal(kernel, task.tid, asked, EINVAL));
}

Result<ProcessPlacement> apply_to_thread(Kernel& kernel, const Assignment& assignment,
                                         const ApplyOptions& options) {
  const Tid tid = assignment.task.tid;
  ThreadPlacement thread{.tid = tid};
  if (auto now = kernel.effective(tid)) thread.before = std::move(*now);
  const auto asked = assignment.rule ? assignment.rule(tid, thread.before) : assignment.asked;
  if (asked) {
    thread.asked = *asked;
    if (options.record) options.record(assignment, {&thread, 1}, {});
    set_thread(kernel, assignment.narrower, thread);
  } else {
    thread.allowed = thread.effective = thread.before;
    thread.outcome = Outcome::same;
  }

  // The same start time before and after proves that no other task had the number meanwhile.
  const auto now = kernel.task(tid);
  if (now && now->start_time != assignment.task.start_time) {
    thread.outcome = Outcome::failed;
    thread.error = std::make_shared<const Error>(Error{.kind = ErrorKind::task_replaced,
                                                       .task = task_label(assignment.task),
                                                       .owner = task_label(*now)});
  } else if (thread.outcome == Outcome::skipped) {
    return fail(Error(*thread.error));
  }
  ProcessPlacement placement{
      .pid = assignment.task.pid, .name = safe_text(assignment.task.name), .proved = Proof::clear};
  placement.threads.push_back(std::move(thread));
  return placement;
}

}  // namespace

Result<Assignment> find(Kernel& kernel, const Target& target) {
  Assignment found{.target = target};
  if (const Pid* pid = std::get_if<Pid>(&target)) {
    TRY(found.process, kernel.process(*pid));
    TRY(found.task, found.process->task(pid->leader()));
    return found;
  }
  auto task = kernel.task(first_thread(target));
  if (!task) {
    Error error = std::move(task).error();
    if (error.kind == ErrorKind::no_such_task) {
      error.task = "thread " + std::to_string(first_thread(target).value());
    }
    return fail(std::move(error));
  }
  found.task = std::move(*task);
  return found;
}

bool ProcessPlacement::done() const {
  if (proved == Proof::no) return false;
  for (const ThreadPlacement& thread : threads) {
    if (thread.outcome == Outcome::failed) return false;
  }
  return true;
}

Result<Assignment> prepare(Kernel& kernel, const Target& target, const Wish& wish) {
  TRY(Assignment assignment, find(kernel, target));
  TRY(assignment.limits, read_limits(kernel, assignment.task.tid));
  const Limits& limits = assignment.limits;
  TRY(const CpuSet wished, wish.cpus(limits));
  const std::string label = task_label(assignment.task);
  TRY(assignment.asked, check_cpus(wished, limits, wish.clip, label));
  assignment.expected = assignment.asked;
  assignment.dropped = unusable_cpus(wished, limits, label);
  CHECK_OK(check_task(kernel, assignment.task, assignment.asked));
  return assignment;
}

Result<Assignment> prepare_reset(Kernel& kernel, const Target& target, Isolated isolated) {
  TRY(Assignment assignment, find(kernel, target));
  TRY(assignment.limits, read_limits(kernel, assignment.task.tid));
  const Limits& limits = assignment.limits;
  assignment.asked = isolated == Isolated::include ? limits.cpus.possible : limits.no_wish();
  assignment.narrower = Narrower::accept;
  assignment.expected = assignment.asked & limits.usable();
  if (assignment.expected.empty()) {
    return fail({.kind = ErrorKind::isolated_only,
                 .task = task_label(assignment.task),
                 .limit = to_cpu_list(limits.usable()),
                 .owner = limits.cpuset ? limits.cpuset->cgroup : "/",
                 .file = limits.cpuset ? limits.cpuset->file : ""});
  }
  CHECK_OK(check_task(kernel, assignment.task, assignment.asked));
  return assignment;
}

Result<ProcessPlacement> apply(Kernel& kernel, const Assignment& assignment,
                               const ApplyOptions& options) {
  if (!assignment.process) return apply_to_thread(kernel, assignment, options);
  return Walk(kernel, assignment, options).run();
}

}  // namespace pinfold

#include "pin/explain.h"

#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/user.h"
#include "kernel/limits.h"
#include "kernel/permission.h"
#include "pin/check.h"

namespace pinfold {
namespace {

// EPERM has two causes: another user's task, or one that holds capabilities which the caller has
// not.
Error explain_permission(Kernel& kernel, Tid tid, const std::string& label) {
  const auto own = kernel.credentials(Tid());
  const auto target = kernel.credentials(tid);
  if (own && target && rule_against(*own, *target) == SetRule::capabilities) {
    return {.kind = ErrorKind::capabilities,
            .number = EPERM,
            .task = label,
            .text = capability_list(capabilities_beyond(*own, *target))};
  }
  return {.kind = ErrorKind::permission,
          .number = EPERM,
          .task = label,
          .owner = target ? user_name(target->effective) : "another user"};
}

}  // namespace

Error explain_refusal(Kernel& kernel, Tid tid, const CpuSet& asked, int number) {
  const auto task = kernel.task(tid);
  const std::string label = task ? task_label(*task) : std::to_string(tid.value());
  if (number == ESRCH || (!task && task.error().kind == ErrorKind::no_such_task)) {
    return {.kind = ErrorKind::no_such_task, .number = ESRCH, .task = "thread " + label};
  }
  if (number == EPERM) return explain_permission(kernel, tid, label);
  if (task && task->bound_by_kernel) {
    const auto fixed = kernel.allowed(tid);
    return {.kind = ErrorKind::kernel_thread,
            .number = number,
            .task = label,
            .cpus = fixed ? to_cpu_list(*fixed) : ""};
  }
  if (number == EBUSY && task && task->deadline) {
    const auto span = kernel.allowed(tid);
    return {.kind = ErrorKind::deadline,
            .number = number,
            .task = label,
            .limit = span ? to_cpu_list(*span) : ""};
  }
  if (number == EINVAL) {
    if (const auto limits = read_limits(kernel, tid)) {
      if (const auto checked = check_cpus(asked, *limits, Clip::yes, label); !checked) {
        Error error = checked.error();
        error.number = number;
        return error;
      }
    }
    return {
        .kind = ErrorKind::refused, .number = number, .task = label, .cpus = to_cpu_list(asked)};
  }
  return {.kind = ErrorKind::system, .number = number, .task = label, .text = "sched_setaffinity"};
}

Error explain_narrowing(Kernel& kernel, Tid tid, const CpuSet& asked, const CpuSet& effective) {
  const std::string label = task_label(kernel, tid);
  Error error{.kind = ErrorKind::narrowed,
              .task = label,
              .cpus = to_cpu_list(asked - effective),
              .limit = to_cpu_list(effective)};
  if (const auto limits = read_limits(kernel, tid)) {
    if (const auto checked = check_cpus(asked, *limits, Clip::no, label); !checked) {
      error = checked.error();
    }
  }
  error.clippable = true;
  error.now = to_cpu_list(effective);
  return error;
}

}  // namespace pinfold

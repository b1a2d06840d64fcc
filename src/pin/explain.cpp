#include "pin/explain.h"

#include <array>
#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/user.h"
#include "kernel/limits.h"
#include "pin/check.h"

namespace pinfold {
namespace {

constexpr unsigned cap_sys_nice = 23;  // linux/capability.h

// linux/capability.h, by number.
constexpr std::array capability_names = {"cap_chown",
                                         "cap_dac_override",
                                         "cap_dac_read_search",
                                         "cap_fowner",
                                         "cap_fsetid",
                                         "cap_kill",
                                         "cap_setgid",
                                         "cap_setuid",
                                         "cap_setpcap",
                                         "cap_linux_immutable",
                                         "cap_net_bind_service",
                                         "cap_net_broadcast",
                                         "cap_net_admin",
                                         "cap_net_raw",
                                         "cap_ipc_lock",
                                         "cap_ipc_owner",
                                         "cap_sys_module",
                                         "cap_sys_rawio",
                                         "cap_sys_chroot",
                                         "cap_sys_ptrace",
                                         "cap_sys_pacct",
                                         "cap_sys_admin",
                                         "cap_sys_boot",
                                         "cap_sys_nice",
                                         "cap_sys_resource",
                                         "cap_sys_time",
                                         "cap_sys_tty_config",
                                         "cap_mknod",
                                         "cap_lease",
                                         "cap_audit_write",
                                         "cap_audit_control",
                                         "cap_setfcap",
                                         "cap_mac_override",
                                         "cap_mac_admin",
                                         "cap_syslog",
                                         "cap_wake_alarm",
                                         "cap_block_suspend",
                                         "cap_audit_read",
                                         "cap_perfmon",
                                         "cap_bpf",
                                         "cap_checkpoint_restore"};

std::string capability_list(std::uint64_t set) {
  std::string text;
  for (unsigned i = 0; i < 64; ++i) {
    if (((set >> i) & 1U) == 0) continue;
    if (!text.empty()) text += ", ";
    text += i < capability_names.size() ? capability_names[i] : "cap " + std::to_string(i);
  }
  return text;
}

// EPERM has two causes (kernel/sched/syscalls.c and security/commoncap.c): another user's
// task, or one that holds capabilities which the caller has not.
Error explain_permission(Kernel& kernel, Tid tid, const std::string& label) {
  const auto own = kernel.credentials(Tid());
  const auto target = kernel.credentials(tid);
  if (own && target && (own->effective == target->effective || own->effective == target->real)) {
    const std::uint64_t more = target->permitted & ~own->permitted;
    if (more != 0) {
      return {.kind = ErrorKind::capabilities,
              .number = EPERM,
              .task = label,
              .text = capability_list(more)};
    }
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
  error.now = to_cpu_list(effective);
  return error;
}

}  // namespace pinfold

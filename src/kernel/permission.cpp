#include "kernel/permission.h"

#include <array>

namespace pinfold {
namespace {

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

}  // namespace

SetRule rule_against(const Credentials& caller, const Credentials& task) {
  if (caller.effective != task.effective && caller.effective != task.real) {
    return SetRule::other_user;
  }
  return capabilities_beyond(caller, task) == 0 ? SetRule::none : SetRule::capabilities;
}

std::uint64_t capabilities_beyond(const Credentials& caller, const Credentials& task) {
  return task.permitted & ~caller.permitted;
}

std::string capability_list(std::uint64_t set) {
  std::string text;
  for (unsigned i = 0; i < 64; ++i) {
    if (((set >> i) & 1U) == 0) continue;
    if (!text.empty()) text += ", ";
    text += i < capability_names.size() ? capability_names[i] : "cap " + std::to_string(i);
  }
  return text;
}

}  // namespace pinfold

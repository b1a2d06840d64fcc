// Who may set whose mask: sched_setaffinity(2), and what it does not tell, cap_safe_nice() of
// security/commoncap.c.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/kernel.h"

namespace pinfold {

inline constexpr unsigned cap_sys_nice = 23;  // linux/capability.h

/// The rule that stands against a set. CAP_SYS_NICE lifts either.
enum class SetRule {
  none,
  other_user,    ///< the caller's effective uid is neither the task's effective nor its real one
  capabilities,  ///< capabilities are permitted to the task that are not to the caller
};

/// Without regard to CAP_SYS_NICE.
SetRule rule_against(const Credentials& caller, const Credentials& task);

/// Permitted to the task and not to the caller.
std::uint64_t capabilities_beyond(const Credentials& caller, const Credentials& task);

/// "cap_net_raw, cap_sys_nice".
std::string capability_list(std::uint64_t set);

}  // namespace pinfold

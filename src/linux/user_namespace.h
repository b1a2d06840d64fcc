// Capabilities count in a user namespace and those below it: user_namespaces(7).
#pragma once

#include "kernel/kernel.h"

namespace pinfold {

/// Whether the caller, with these credentials, has the capability in the namespace of the task:
/// the rule of cap_capable() (security/commoncap.c). Where the task's cannot be looked at, it is
/// taken for the caller's own if nothing speaks against that.
bool has_in_namespace_of(Tid tid, const Credentials& caller, unsigned capability);

}  // namespace pinfold

// Capabilities count in a user namespace and those below it: user_namespaces(7).
#pragma once

#include "kernel/kernel.h"

namespace pinfold {

/// Whether the caller, with these credentials, has the capability in the namespace of the task:
/// the rule of cap_capable() (security/commoncap.c). A namespace that cannot be looked at is
/// taken for the caller's own.
bool has_in_namespace_of(Tid tid, const Credentials& caller, unsigned capability);

}  // namespace pinfold

// getcpu() without a system call: vdso(7).
#pragma once

#include <sys/types.h>

namespace pinfold::sim {

/// Makes a system call of the function that a program finds in its vDSO, so that it can be
/// answered. The task has just begun a program (PTRACE_EVENT_EXEC) and is stopped; it is traced by
/// the caller. Nothing is done where there is no such function.
void redirect_getcpu(pid_t tid);

}  // namespace pinfold::sim

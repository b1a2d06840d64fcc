#include "kernel/activity.h"

#include <sched.h>
#include <sys/syscall.h>

namespace pinfold {

// The numbers under which a task can be made, in the native table and in the 32-bit one of x86 and
// arm (120). Who waits in vfork(2) made its child before that, and may wait for long.
Activity activity_in(long call, unsigned long first_argument) {
#ifdef __x86_64__
  constexpr long x32 = 0x40000000;  // marks calls of that ABI
  if (call > 0) call &= ~x32;
#endif
  if (call == SYS_clone3) return Activity::in_clone;
#ifdef SYS_fork
  if (call == SYS_fork) return Activity::in_fork;
#endif
  constexpr long clone_32 = 120;
  if (call != SYS_clone && call != clone_32) return Activity::outside_clone;
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) || defined(__arm__)
  if ((first_argument & CLONE_THREAD) != 0) return Activity::in_clone;
  return (first_argument & CLONE_VFORK) != 0 ? Activity::outside_clone : Activity::in_fork;
#else
  return Activity::in_clone;  // the flags are another argument there
#endif
}

// A vfork may still be under way in a thread that does not sleep.
bool is_outside_clone(long call) {
#ifdef SYS_vfork
  if (call == SYS_vfork) return false;
#endif
  constexpr long fork_32 = 2;
  constexpr long vfork_32 = 190;
  if (call == fork_32 || call == vfork_32) return false;
  return activity_in(call, CLONE_THREAD) == Activity::outside_clone;
}

}  // namespace pinfold

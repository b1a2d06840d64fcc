// What a thread is doing, as far as making tasks goes.
#pragma once

namespace pinfold {

/// What a thread was doing at some moment during the question.
enum class Activity {
  outside_clone,  ///< not inside clone(2), clone3(2) or fork(2)
  in_clone,       ///< inside one of them, and may be making a thread
  in_fork,        ///< inside one of them, making a process
  running,        ///< on a CPU or waiting for one: nothing can be said
  gone,           ///< no longer a thread of this process
  hidden,         ///< the caller may not know (ptrace(2), "Ptrace access mode checking")
};

/// What a thread does in the system call of that number (-1: in none), on this machine.
Activity activity_in(long call, unsigned long first_argument);

/// Whether a thread in that call is outside clone, clone3, fork and vfork, whatever its arguments.
bool is_outside_clone(long call);

}  // namespace pinfold

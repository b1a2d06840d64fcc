// A task of the driver's: what runs in it.
#pragma once

#include "differential/mailbox.h"

namespace pinfold::test {

/// Does what its slot says, until it ends. Threads and children that it makes do the same.
/// `program` is a descriptor of this program, for exec.
struct Actor {
  Mailbox* mailbox;
  int program;
  unsigned slot;

  [[noreturn]] void live() const;
};

/// main() of a task that has made an exec: `actor SLOT MAILBOX PROGRAM`.
[[noreturn]] void live_after_exec(char** arguments);
inline constexpr const char* actor_argument = "actor";

/// A child of the calling task, in which `actor` lives: its pid, or a negative errno.
long fork_actor(const Actor& actor);

}  // namespace pinfold::test

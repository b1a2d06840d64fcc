// The process that makes a simulated machine of what it answers.
#pragma once

#include "sim/front.h"
#include "sim/simulate.h"

namespace pinfold::sim {

/// The process that stands for the command.
struct Front {
  pid_t pid;
  const Fd& news;
  const SignalsHeld& signals;  ///< that it holds
};

/// Starts the command and serves it and all that comes from it, until the last has ended. For a
/// child of the front, which has no threads yet.
[[noreturn]] void supervise(Simulation simulation, const Front& front);

}  // namespace pinfold::sim

// Who leaves the mask that a command inherits.
#pragma once

#include "explain/diagnose.h"

namespace pinfold {

/// Launchers, by the name of the command (`file` is what it stands for, links followed), and
/// settings of OpenMP in its environment: constraints that take nothing.
std::vector<Constraint> known_escapers(const Command& command, const std::string& file,
                                       const CpuSet& asked);

}  // namespace pinfold

// Programs in a simulated machine.
#pragma once

#include <string>
#include <vector>

namespace pinfold::test {

/// Why `pinfold sim` cannot start programs here; empty where it must.
std::string no_sim();

/// The command line of `pinfold sim OPTIONS… --machine MACHINE -- COMMAND…`. A user who may not
/// open /dev/fuse cannot be shown cgroups, and is told so by a note; without options he asks for
/// none.
std::vector<std::string> simulated(const std::string& machine, std::vector<std::string> command,
                                   std::vector<std::string> options = {});

/// Whether the shell would find it.
bool has_program(const std::string& name);

}  // namespace pinfold::test

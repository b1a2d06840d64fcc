// The system of a machine that is simulated, before anything runs on it.
#pragma once

#include <memory>
#include <string>

#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "model/system.h"

namespace pinfold::sim {

struct Booted {
  std::unique_ptr<model::System> system;
  std::string cgroup;  ///< in which the command begins: one that has what the machine's cpuset says
};

/// The most that a kernel of that generation has.
model::Hierarchy newest_hierarchy(const model::Profile& profile);

/// Errors as of System::open(); kind `unsupported` also where a cpuset is wanted and the kernel has
/// none.
Result<Booted> boot(const Machine& machine, const model::Profile& profile,
                    model::Hierarchy cpusets);

}  // namespace pinfold::sim

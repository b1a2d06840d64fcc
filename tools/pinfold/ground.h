// The CPUs that --on names, on this machine or on another.
#pragma once

#include <optional>
#include <string>

#include <pinfold/machine.h>
#include <pinfold/placement.h>

#include "machine/parts.h"

namespace pinfold::tool {

struct GroundWish {
  std::optional<std::string> on;  ///< nothing: what the caller has (of another machine: all)
  std::string machine = "host";
  MachineParts parts = {};  ///< what is needed besides what the place needs
  Clip clip = Clip::no;
  std::string who = {};  ///< who shall go there, for messages
};

struct Ground {
  Machine machine;
  CpuSet cpus;
};

/// Looks it up and checks that the CPUs can be used. What a name leaves out, and what was clipped,
/// is said on stderr.
Result<Ground> find_ground(const GroundWish& wish);

}  // namespace pinfold::tool

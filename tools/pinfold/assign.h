// What set and reset have in common: check all targets, then apply to all.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "options.h"
#include "pin/assignment.h"

namespace pinfold::tool {

struct AssignOptions {
  std::string command;  ///< what the journal calls this change
  std::vector<std::string> targets;
  bool dry_run = false;
  bool json = false;
  bool verbose = false;
};

/// --dry-run, --json and -v.
void add_assign_options(Options& options, AssignOptions& wanted);

/// Finds and checks one target.
using PrepareOne = std::function<Result<Assignment>(const Target&)>;

/// Does it for all targets. Those of selections that start meanwhile are chased. Returns the exit
/// code.
int assign(Kernel& kernel, const AssignOptions& options, const PrepareOne& prepare_one);

}  // namespace pinfold::tool

// A script of sim: read, played and told.
#pragma once

#include <string>
#include <vector>

#include "model/scenario/scenario.h"

namespace pinfold::tool {

struct SimScript {
  std::string file;  ///< `-`: stdin
  /// What holds where the script says nothing.
  std::vector<model::operation::Setting> defaults;
  bool json = false;
};

/// Returns the exit code. A script that makes no sense is not begun.
int play_script(const SimScript& wish);

/// Prints what the model knows of each kernel. Returns the exit code.
int print_profiles(const std::vector<const model::Profile*>& profiles, bool json);

}  // namespace pinfold::tool

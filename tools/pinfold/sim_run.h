// A command in a simulated machine.
#pragma once

#include <optional>
#include <string>

#include <pinfold/result.h>

#include "model/profile.h"
#include "sim/boot.h"
#include "sim/stage.h"

namespace pinfold::tool {

struct SimRun {
  std::string machine;
  const model::Profile* profile = &model::newest_profile();
  std::optional<model::Hierarchy> cpusets = {};  ///< nothing: the newest that there are
  sim::ShownBy shown_by = sim::ShownBy::best;
  bool report = false;
  std::optional<std::string> output = {};  ///< of the report; nothing: stderr
  bool json = false;                       ///< the report
  char** command = nullptr;
};

/// Returns the exit code; a command that was ended by a signal ends this process, too.
int run_simulated(const SimRun& run);

}  // namespace pinfold::tool

// A command on a machine that is not here.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <pinfold/result.h>

#include "model/system.h"
#include "sim/calls.h"
#include "sim/files/erofs_image.h"
#include "sim/record.h"
#include "sim/stage.h"

namespace pinfold::sim {

struct Simulation {
  std::unique_ptr<model::System> system;
  ErofsImage image;          ///< of the machine's files
  Stage stage;               ///< shows it; it must stay where it is until the command has begun
  std::string cgroup = "/";  ///< where the command begins

  // What is done in other processes than the caller's.
  /// Becomes the command; what it returns is the exit code where that cannot be done.
  std::function<int()> become;
  /// Why the command could not begin.
  std::function<void(const Error&)> on_failure;
  OnMissing on_missing;
  /// When the command has ended; null: nothing is recorded.
  std::function<void(const Record&)> on_end;
  int kept = -1;  ///< a descriptor that on_end uses; -1: none
};

struct Outcome {
  enum class Kind {
    ended,
    not_begun,          ///< on_failure was told why
    supervisor_killed,  ///< and everything in the machine with it
  };
  Kind kind = Kind::ended;
  int status = 0;  ///< of a command that ended: as waitpid(2) has it
};

/// Runs the command and waits for it. The caller has no threads, and called
/// fill_standard_descriptors() before it opened anything; its stdin and stdout are the command's
/// from now on. Signals that are sent to the caller reach the command, and when it stops, so does
/// the caller. What it leaves behind lives on in the simulated machine; if the caller is killed,
/// everything in it is. Errors are of kind `system`.
Result<Outcome> simulate(Simulation simulation);

}  // namespace pinfold::sim

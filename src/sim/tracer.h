// The lives of the tasks in a simulated machine: ptrace(2), for nothing else.
#pragma once

#include <functional>
#include <set>

#include <pinfold/result.h>

#include "sim/calls.h"
#include "sim/world.h"

namespace pinfold::sim {

/// What the command itself has come to.
struct CommandState {
  enum class Kind {
    stopped,
    ended,
  };
  Kind kind;
  int status;  ///< of stopped: the signal; of ended: as waitpid(2) has it
};

/// For one thread, which is the parent of the command.
class Tracer {
 public:
  Tracer(World& world, OnMissing on_missing, std::function<void(CommandState)> on_command)
      : world_(world), on_missing_(std::move(on_missing)), on_command_(std::move(on_command)) {}

  /// From now on the child, which has no thread but one, and all that come from it are followed. If
  /// the caller ends, so do they. Kind `unsupported` with errno where that is refused.
  Result<void> follow(pid_t command);

  /// Until the last one has ended.
  void run();

 private:
  void handle(pid_t tid, int status);
  void handle_event(pid_t tid, int event, int signal);
  void handle_exec(pid_t tid);
  void resume(pid_t tid, int signal = 0);
  void begin(pid_t tid);
  void take_in_strays();

  World& world_;
  OnMissing on_missing_;
  std::function<void(CommandState)> on_command_;
  pid_t command_ = 0;
  std::set<pid_t> early_;  ///< stopped before their creators told of them
};

}  // namespace pinfold::sim

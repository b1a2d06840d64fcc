// The process that stands for the command where its supervisor works in another one.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <optional>

#include "base/fd.h"

namespace pinfold::sim {

/// What a supervisor says.
struct News {
  enum class Kind {
    begun,    ///< `value`: the command's pid
    stopped,  ///< by a signal
    ended,    ///< as waitpid(2) has it
    failed,   ///< to begin
  };
  Kind kind = Kind::failed;
  int value = 0;
};

/// Sends it; where nobody reads there is nobody to tell.
void tell(const Fd& pipe, News news);

/// While it lives, signals wait that could be sent to the command: those for the calling process
/// and what it forks.
class SignalsHeld {
 public:
  SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { restore(); }

  [[nodiscard]] const sigset_t& signals() const { return held_; }
  void restore() const;

 private:
  sigset_t held_{};
  sigset_t before_{};
};

/// Passes signals on to the command and stops when it does, until it has ended. Nothing: the
/// supervisor was killed.
std::optional<News> wait_for_end(const Fd& pipe, const SignalsHeld& held);

}  // namespace pinfold::sim

// The command that `trace -- CMD` runs: it waits until it is watched.
#pragma once

#include <sys/types.h>

#include <utility>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::tool {

enum class AsRoot {
  no,  ///< under sudo, as who called it
  yes
};

class TraceChild {
 public:
  /// Forks. The child has no descriptor but its standard ones, and those that we were given.
  static Result<TraceChild> prepare(char** command, AsRoot as_root);
  TraceChild(TraceChild&&) = default;
  TraceChild& operator=(TraceChild&&) = delete;
  /// One that was never let go ends.
  ~TraceChild();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Readable (poll(2)) when it has ended.
  [[nodiscard]] int descriptor() const { return handle_.get(); }

  /// Becomes the command.
  void go();
  /// What to end with: its exit code, or 128 and the signal that ended it.
  [[nodiscard]] int wait() const;
  /// Whether it could be sent.
  [[nodiscard]] bool signal(int number) const;

 private:
  TraceChild(pid_t pid, Fd start, Fd handle)
      : pid_(pid), start_(std::move(start)), handle_(std::move(handle)) {}

  pid_t pid_;
  Fd start_;   // the end of a socket: what it waits for
  Fd handle_;  // pidfd_open(2)
};

}  // namespace pinfold::tool

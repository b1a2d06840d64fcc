// Calls that a program makes and somebody else answers: seccomp_unotify(2).
#pragma once

#include <linux/seccomp.h>

#include <optional>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::sim {

/// From now on, of the calling thread and of all that comes from it, the calls of `call_tables()`
/// go to the listener. What it costs all other calls is a look at a bitmap. It needs CAP_SYS_ADMIN
/// in the caller's user namespace. Kind `unsupported` where it cannot be had.
Result<Fd> install_filter();

/// Receives calls and answers them. A call whose maker was killed meanwhile is answered in vain.
class Listener {
 public:
  explicit Listener(Fd filter) : filter_(std::move(filter)) {}

  /// Whether who calls and who answers take turns on one CPU, the fastest where there is one caller
  /// (Linux 6.6). Of several it would draw all to that CPU.
  void take_turns(bool turns);

  /// The next call; nothing when nobody is left who could make one.
  std::optional<seccomp_notif> receive();

  /// The call returns `value`: negative it is an errno.
  void answer(const seccomp_notif& call, long value);
  /// The call is made as if nobody had looked.
  void let_through(const seccomp_notif& call);
  /// The call returns a new descriptor of `file`.
  void answer_with(const seccomp_notif& call, const Fd& file, bool close_on_exec);

 private:
  void send(seccomp_notif_resp& response);

  Fd filter_;
};

}  // namespace pinfold::sim

// The system calls of a simulated machine: what programs ask for, and what they get.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/abi.h"
#include "sim/call_numbers.h"
#include "sim/guest_memory.h"
#include "sim/listener.h"
#include "sim/proc_files.h"
#include "sim/world.h"

namespace pinfold::sim {

/// Something that a program cannot have here; each is said once.
enum class Missing {
  tracing,    ///< ptrace(2) of a task: debuggers, strace
  io_uring,   ///< files of /proc that it opens are the host's
  privilege,  ///< set-user-ID bits count nothing in a user namespace
  cpusets,    ///< files of cgroups: there is no FUSE to show them
};

/// With the name of the program, or of cpusets with the reason: not safe to print.
using OnMissing = std::function<void(Missing, const std::string& detail)>;

/// Answers calls, one after the other: for one thread.
class Calls {
 public:
  Calls(World& world, ProcFiles& files, OnMissing on_missing);

  /// Until nobody is left who could make one.
  void serve(Listener& listener);

 private:
  struct Call {
    const seccomp_notif& notice;
    CallKind kind;
    bool words_of_32_bits;
    model::Task& caller;

    [[nodiscard]] std::uint64_t argument(unsigned index) const { return notice.data.args[index]; }
    [[nodiscard]] pid_t tid() const { return static_cast<pid_t>(notice.pid); }
  };

  void answer(Listener& listener, const seccomp_notif& notice);
  std::optional<ProcPath> opened_file(const seccomp_notif& notice, CallKind kind);
  /// Nothing: the call goes to the system under us.
  std::optional<long> value_of(const Call& call);
  long set_affinity(const Call& call);
  long get_affinity(const Call& call);
  long get_cpu(const Call& call);
  std::optional<long> set_scheduler_attributes(const Call& call);
  void miss(Missing what, const Call& call);

  World& world_;
  ProcFiles& files_;
  OnMissing on_missing_;
  model::Session session_;
  model::ModelAbi native_;
  model::ModelAbi narrow_;
  std::vector<std::byte> buffer_;
  MemoryFiles memory_;
  std::uint64_t programs_ = 0;
};

}  // namespace pinfold::sim

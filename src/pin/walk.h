// Pin, prove, walk: every thread of a process gets the mask, and none escapes.
//
// A clone copies its creator's mask early and is listed late, so a listing in which every
// thread is right proves nothing: a child with the old mask may be on its way. A round here is
//
//   walk    list all threads, in the order in which they came to be
//   pin     set the mask of each that is not known to be right, and read it back
//   prove   see each thread just set outside clone, at some moment after it was set: whatever
//           child it made with the old mask is listed by then
//
// and the last round is one in which nobody had to be set, nobody vanished before being looked
// at, and the walk went to the end of the list. ARCHITECTURE.md says why that is certain.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "pin/assignment.h"

namespace pinfold {

/// Sets one thread's mask and reads it back, into outcome, allowed, effective and error;
/// `before` must be filled. A thread that is gone is `skipped`, with the error that says so.
void set_thread(Kernel& kernel, const CpuSet& asked, Narrower narrower, ThreadPlacement& thread);

class Walk {
 public:
  Walk(Kernel& kernel, const Assignment& assignment, const ApplyOptions& options);

  Result<ProcessPlacement> run();

 private:
  /// What a look at one listed thread showed.
  enum class Seen {
    right,     // it had the mask already, and was not there before to be set
    proved,    // it was set, and then seen outside clone
    unproved,  // it was set, and may be inside clone
    failed,    // it cannot be set; its error says why
    vanished,  // it ended before it was looked at
  };
  struct Look {
    ThreadPlacement thread;
    Seen seen = Seen::vanished;
    Activity activity = Activity::gone;
  };

  Result<bool> round();
  void look(Tid tid, bool trust_right, Look& look);
  void prove(std::vector<Tid> pending);
  bool right(const ThreadPlacement& thread, const CpuSet& effective) const;
  void report_stranger(ThreadPlacement& thread);
  [[nodiscard]] unsigned worker_count() const;

  Kernel& kernel_;
  const Assignment& assignment_;
  Process& process_;
  ApplyOptions options_;
  Clock::Time give_up_;

  std::vector<ThreadPlacement> threads_;
  std::unordered_map<pid_t, std::size_t> index_;  // of threads_, by tid
  CpuSet expected_;                               // what a new thread inherits
  bool first_round_ = true;
  bool held_ = false;
  bool tracing_refused_ = false;
  std::vector<Tid> unproved_;
};

}  // namespace pinfold

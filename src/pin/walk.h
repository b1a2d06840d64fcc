// Pin, prove, walk: every thread of a process gets the mask, and none escapes.
//
// A clone copies its creator's mask early and is listed late, so a listing in which every
// thread is right proves nothing: a child with the old mask may be on its way. A round here is
//
//   walk    list all threads, in the order in which they came to be
//   pin     set the mask of each that is not known to be right
//   prove   see each thread just set outside clone, at some moment after it was set: whatever
//           child it made with the old mask is listed by then
//
// and the last round is one in which each thread's mask is read back and right, nobody vanished
// before being looked at, and nobody can have been missed: either the walk went to the end of
// the list, or the process has as many threads as were listed in the round before, and each of
// those is still alive. ARCHITECTURE.md says why that is certain.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "pin/assignment.h"

namespace pinfold {

/// Sets one thread's mask and reads it back, into outcome, allowed, effective and error;
/// `before`, `allowed` and `effective` must be what it has now. A thread that is gone is `skipped`,
/// with the error that says so.
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
    failed_before,
    vanished,  // it ended before it was looked at
  };
  /// A listed thread. Small, because there may be very many: what is known of it stands in
  /// threads_, once.
  struct Look {
    Tid tid;
    bool is_new = true;  // no earlier round has looked at it
    Seen seen = Seen::vanished;
    Activity activity = Activity::gone;
    std::size_t thread = 0;  // of threads_
  };

  Result<bool> round();
  Result<Listing> list();
  void find_threads(const std::vector<Tid>& tids);
  void look_at_first();
  void look(Look& look);
  void set(Look& look, bool read_back);
  void prove(std::vector<Tid> pending);
  void report_stranger(ThreadPlacement& thread);
  [[nodiscard]] unsigned worker_count() const;

  Kernel& kernel_;
  const Assignment& assignment_;
  Process& process_;
  ApplyOptions options_;
  Clock::Time give_up_;

  std::vector<ThreadPlacement> threads_;
  std::size_t used_ = 0;                            // of threads_, which may be longer
  std::vector<std::pair<Tid, std::size_t>> index_;  // of threads_, by tid
  std::vector<Look> looks_;                         // of the round, in the order of the listing
  bool listed_all_ = false;                         // looks_ are all threads that there are
  CpuSet expected_;                                 // what a new thread inherits
  bool first_round_ = true;
  bool held_ = false;
  bool tracing_refused_ = false;
  std::vector<Tid> unproved_;
};

}  // namespace pinfold

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
// The last round is one that found every mask right, saw no unknown thread vanish, and cannot
// have missed anybody: its walk went to the end of the list; or it looked again at all threads of
// the round before, they are alive, and the process had no more than these after they were
// proved. ARCHITECTURE.md says why that is certain.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "kernel/requests.h"
#include "pin/assignment.h"

namespace pinfold {

/// Sets one thread's mask and reads it back, into outcome, allowed, effective and error; `asked`
/// and `before` must be filled. A thread that is gone is `skipped`, with the error that says so.
void set_thread(Kernel& kernel, Narrower narrower, ThreadPlacement& thread);

class Walk {
 public:
  Walk(Kernel& kernel, const Assignment& assignment, const ApplyOptions& options);

  Result<ProcessPlacement> run();

 private:
  enum class Seen {
    right,     // it had the mask
    set,       // it was set, and then seen outside clone
    unproved,  // it was set, and may be inside clone
    failed,    // it could not be set now
    hopeless,  // it could not be set before
    vanished,  // it ended before it was looked at
  };
  // What this round learned of a listed thread. What is known of it stands in threads_.
  struct Look {
    Tid tid;
    bool is_new = true;      // no round before has looked at it
    std::size_t record = 0;  // its place in threads_
    Seen seen = Seen::vanished;
  };

  Result<bool> round();
  Result<bool> walk();
  [[nodiscard]] bool read_snapshot();
  void first_looks(bool by_snapshot);
  void see_by_snapshot();
  void look_before(Look& look);
  void decide(Look& look);
  void look(Look& look);
  [[nodiscard]] std::optional<CpuSet> wanted(Tid tid, const CpuSet& now) const;
  template <class Work>
  void for_each_look(const Work& work);
  void set(Look& look, bool read_back);
  void set_mask(Look& look, bool read_back);
  void see(Look& look);
  void prove(std::vector<Tid> pending);
  [[nodiscard]] bool is_clear(Activity activity) const;
  void report_stranger(ThreadPlacement& thread);
  [[nodiscard]] unsigned worker_count() const;

  Kernel& kernel_;
  const Assignment& assignment_;
  Process& process_;
  ApplyOptions options_;
  Clock::Time give_up_;

  std::vector<ThreadPlacement> threads_;
  std::vector<std::pair<Tid, std::size_t>> records_;  // who stands where in threads_, by tid
  std::vector<Look> looks_;                           // of this round, the oldest thread first
  Requests requests_;                                 // what a snapshot told, until it is recorded
  CpuSet first_asked_;  // what the first thread that was set asked for,
  CpuSet expected_;     // what it has since, and what its children inherit
  bool first_round_ = true;
  bool listed_all_ = false;  // looks_ were all threads after they had been proved
  bool held_ = false;
  bool tracing_refused_ = false;
  std::vector<Tid> unproved_;
};

}  // namespace pinfold

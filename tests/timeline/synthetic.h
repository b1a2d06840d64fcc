// Made up recordings, for tests of the page and for looking at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "timeline/timeline.h"

namespace pinfold::test {

/// 2026-11-21T18:00:00Z and so many milliseconds.
trace::Time at_ms(double ms);

trace::TargetTask a_task(pid_t pid, pid_t tid, std::string comm);
trace::Actor an_actor(pid_t pid, std::string comm);
/// A call of numad (812) for a thread, from and to masks given as CPU lists.
trace::SetEvent a_call(std::uint64_t seq, double ms, const trace::TargetTask& target,
                       const char* old, const char* wanted);

/// A second on 2 CPUs with one event of each cause and each oddity, a gap of 12 lost events and
/// runs of every thread.
void add_story(tool::Timeline& timeline);

struct Recording {
  unsigned cpus = 64;
  int processes = 8;
  int threads = 8;  ///< of each
  std::size_t events = 400;
  std::size_t runs = 4000;
};
/// The same for the same numbers.
void add_recording(tool::Timeline& timeline, const Recording& recording);

}  // namespace pinfold::test

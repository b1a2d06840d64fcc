#include "measure/mover.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include <pinfold/cpu_list.h>
#include <pinfold/scoped_pin.h>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"
#include "measure/stand.h"
#include "measure/this_thread.h"

namespace pinfold::measure {
namespace {

// The bare call: what the library does around it is not what is measured.
Result<void> set_mask(const CpuSet& cpus) {
  const auto words = cpus.words();
  if (::syscall(SYS_sched_setaffinity, 0, words.size_bytes(), words.data()) < 0) {
    return fail({.kind = ErrorKind::refused,
                 .number = errno,
                 .task = "the thread",
                 .cpus = to_cpu_list(cpus)});
  }
  return {};
}

Result<MoveTimes> call_and_walk(CpuId cpu, WorkingSet& set) {
  const CpuSet only{cpu};
  const std::uint64_t before = monotonic_ns();
  CHECK_OK(set_mask(only));
  const std::uint64_t called = monotonic_ns();
  if (const CpuId found = here(); found != cpu) return elsewhere(cpu, found);
  const std::uint64_t cpu_before = own_work_ns();
  const std::uint64_t begin = monotonic_ns();
  set.walk();
  const std::uint64_t end = monotonic_ns();
  const std::uint64_t cpu_after = own_work_ns();
  if (const CpuId found = here(); found != cpu) return elsewhere(cpu, found);
  return MoveTimes{
      .call = called - before, .walk = end - begin, .walk_cpu = cpu_after - cpu_before};
}

// The second number of /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst); 0 where there
// is none.
std::uint64_t waited_ns() {
  const auto line = read_line("/proc/thread-self/schedstat");
  if (!line) return 0;
  const std::string_view text(*line);
  const std::size_t begin = text.find(' ') + 1;
  return parse_number<std::uint64_t>(text.substr(begin, text.find(' ', begin) - begin)).value_or(0);
}

// Caches do not throw out what is oldest, exactly; small sets cost nothing to walk once more.
unsigned warming_walks(std::size_t bytes) {
  constexpr std::size_t large = std::size_t{4} << 20U;
  return bytes < large ? 4 : 2;
}

}  // namespace

Result<WorkingSet*> ThreadMover::working_set(CpuId home, std::size_t bytes) {
  const std::pair key(home, bytes);
  auto found = sets_.find(key);
  if (found == sets_.end()) {
    constexpr std::uint32_t seed = 1;
    TRY(WorkingSet made, WorkingSet::make(bytes, seed));
    found = sets_.emplace(key, std::move(made)).first;
  }
  return &found->second;
}

Result<MoveTrial> ThreadMover::run(const CpuPair& pair, std::size_t bytes) {
  const ScopedPin as_it_was(CpuSet{pair.first});
  if (!as_it_was.placement()) return fail(Error(as_it_was.placement().error()));
  CHECK_OK(stand_on(pair.first));
  TRY(WorkingSet* const set, working_set(pair.first, bytes));
  const std::uint64_t waited_before = waited_ns();
  const std::uint64_t begin = monotonic_ns();
  for (unsigned i = warming_walks(bytes); i > 0; --i)
    set->walk();
  MoveTrial trial;
  TRY(trial.stayed, call_and_walk(pair.first, *set));
  TRY(trial.moved, call_and_walk(pair.second, *set));
  trial.whole = monotonic_ns() - begin;
  trial.waited = waited_ns() - waited_before;
  return trial;
}

}  // namespace pinfold::measure

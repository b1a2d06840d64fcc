#include "measure/this_thread.h"

#include <sched.h>
#include <sys/resource.h>

#include <ctime>

#include "host/host.h"

namespace pinfold::measure {
namespace {

std::uint64_t read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

bool runs_only_on(CpuId cpu) {
  if (::sched_getcpu() != static_cast<int>(cpu.value())) return false;
  const auto mask = host_kernel().effective(Tid());
  return mask && *mask == CpuSet{cpu};
}

std::uint64_t times_preempted() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

std::uint64_t own_work_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::uint64_t monotonic_ns() { return read_clock(CLOCK_MONOTONIC); }

}  // namespace pinfold::measure

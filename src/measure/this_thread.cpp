#include "measure/this_thread.h"

#include <sched.h>
#include <sys/resource.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <ctime>
#include <optional>

#include "host/host.h"

namespace pinfold::measure {
namespace {

std::uint64_t read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

// Linux puts the CPU's number into a register of it that every program can read (RDTSCP, RDPID),
// below that of its node.
constexpr unsigned number_mask = 0xfff;

#if defined(__x86_64__)
bool has_number() {
  constexpr unsigned extended_features = 0x80000001;
  constexpr unsigned rdtscp = 1U << 27U;
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(extended_features, &a, &b, &c, &d) == 1 && (d & rdtscp) != 0;
}

std::optional<unsigned> number_in_cpu() {
  static const bool is_there = has_number();
  if (!is_there) return std::nullopt;
  unsigned number = 0;
  __builtin_ia32_rdtscp(&number);
  return number & number_mask;
}
#else
std::optional<unsigned> number_in_cpu() { return std::nullopt; }
#endif

}  // namespace

bool runs_on(CpuId cpu) {
  if (::sched_getcpu() != static_cast<int>(cpu.value())) return false;
  const auto number = number_in_cpu();
  return !number || *number == (cpu.value() & number_mask);
}

bool runs_only_on(CpuId cpu) {
  if (!runs_on(cpu)) return false;
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

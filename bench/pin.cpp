// Pinning the calling thread, against the bare system calls.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pinfold/pinfold.h>

#include "allocations.h"
#include "command.h"
#include "groups.h"

namespace pinfold::bench {
namespace {

constexpr Method method = {
    .rounds = 301, .warm_up = 10, .round_time = std::chrono::microseconds(500)};

cpu_set_t as_cpu_set_t(const CpuSet& cpus) {
  cpu_set_t result;
  CPU_ZERO(&result);
  for (const CpuId cpu : cpus)
    CPU_SET(cpu.value(), &result);
  return result;
}

bool raw_set(const cpu_set_t& cpus) {
  return ::syscall(SYS_sched_setaffinity, 0, sizeof cpus, &cpus) == 0;
}

bool raw_get(cpu_set_t& cpus) {
  const bool ok = ::syscall(SYS_sched_getaffinity, 0, sizeof cpus, &cpus) > 0;
  touch(cpus);
  return ok;
}

// Sets the two masks in turn and reads each back, as pin() does.
Side pinning(const CpuSet& a, const CpuSet& b) {
  return [a, b](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) {
      auto placed = pin(this_thread(), i % 2 == 0 ? a : b);
      touch(placed);
      if (!placed) return false;
    }
    return true;
  };
}

Side raw_pinning(const CpuSet& a, const CpuSet& b) {
  return [a = as_cpu_set_t(a), b = as_cpu_set_t(b)](std::size_t times) {
    cpu_set_t effective;
    for (std::size_t i = 0; i < times; ++i) {
      if (!raw_set(i % 2 == 0 ? a : b) || !raw_get(effective)) return false;
    }
    return true;
  };
}

Side scoped_pinning(const CpuSet& cpus) {
  return [cpus](std::size_t times) {
    while (times-- > 0) {
      const ScopedPin guard(cpus);
      if (!guard.placement()) return false;
    }
    return true;
  };
}

Side raw_scoped_pinning(const CpuSet& cpus) {
  return [cpus = as_cpu_set_t(cpus)](std::size_t times) {
    while (times-- > 0) {
      cpu_set_t before;
      cpu_set_t effective;
      if (!raw_get(before) || !raw_set(cpus) || !raw_get(effective) || !raw_set(before)) {
        return false;
      }
    }
    return true;
  };
}

void count_allocations(Report& report, const std::string& name, const Side& side) {
  constexpr std::size_t calls = 1000;
  if (!side(1)) return report.skip(name, "it failed");
  const std::size_t before = allocations();
  if (!side(calls)) return report.skip(name, "it failed");
  report.count(name, static_cast<double>(allocations() - before) / calls, 0, "each");
}

}  // namespace

void measure_pin(Report& report) {
  const CpuSet all = own_cpus();
  if (all.last().value_or(CpuId(0)).value() >= CPU_SETSIZE) {
    return report.skip("pin",
                       "a cpu_set_t, which the raw calls use here, does not hold these CPUs");
  }
  const CpuSet one = {*all.first()};
  {
    const OnCpus here(one);
    report.compare(
        {"pin: {0} again / set and get", 1.05, pinning(one, one), raw_pinning(one, one), method});
  }
  const OnCpus as_before(all);
  // Two masks in turn, so that the kernel has a mask to change each time.
  report.compare({"pin: {0} and all in turn / set and get", 1.05, pinning(one, all),
                  raw_pinning(one, all), method});
  report.compare({"ScopedPin: {0} / get, set, get, set", 1.05, scoped_pinning(one),
                  raw_scoped_pinning(one), method});
  count_allocations(report, "pin: allocations", pinning(one, all));
  count_allocations(report, "ScopedPin: allocations", scoped_pinning(one));
}

}  // namespace pinfold::bench

// What the calling thread knows of itself.
#pragma once

#include <cstdint>

#include <pinfold/ids.h>

namespace pinfold::measure {

/// Whether it runs on that CPU: sched_getcpu(3) says so and, on x86, the CPU itself, which also
/// knows better than a system that is simulated.
bool runs_on(CpuId cpu);

/// The same, and it may run nowhere else (sched_getaffinity(2)).
bool runs_only_on(CpuId cpu);

/// How often it had to leave its CPU to somebody else (getrusage(2), ru_nivcsw).
std::uint64_t times_preempted();

/// The time that it has worked, in nanoseconds.
std::uint64_t own_work_ns();

/// CLOCK_MONOTONIC. Read without entering the kernel where the machine can (vdso(7)).
std::uint64_t monotonic_ns();

}  // namespace pinfold::measure

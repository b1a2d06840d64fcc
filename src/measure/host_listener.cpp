#include <thread>

#include <pinfold/thread_on.h>

#include "base/try.h"
#include "measure/noise.h"
#include "measure/this_thread.h"

namespace pinfold::measure {
namespace {

Result<Heard> listen_here(CpuId cpu, const GapOptions& options) {
  Heard heard;
  heard.was_there = runs_only_on(cpu);
  TRY(const Counters counters, read_counters({cpu}));
  TRY(const auto interrupts, read_interrupts(cpu));
  const std::uint64_t preempted = times_preempted();
  const std::uint64_t work = own_work_ns();
  const std::uint64_t began = monotonic_ns();
  // Who is moved is away for a moment: after a gap is when to look.
  const auto after_gap = [&] {
    if (!runs_on(cpu)) heard.was_there = false;
    return times_preempted();
  };
  heard.gaps = watch_gaps(monotonic_ns, after_gap, options);
  const std::uint64_t took = monotonic_ns() - began;
  const std::uint64_t worked = own_work_ns() - work;
  heard.preempted = times_preempted() - preempted;
  heard.was_there = heard.was_there && runs_only_on(cpu);
  TRY(const auto interrupts_after, read_interrupts(cpu));
  TRY(const Counters counters_after, read_counters({cpu}));
  heard.interrupts = interrupts_between(interrupts, interrupts_after);
  heard.stolen_ns = counters_after.stolen - counters.stolen;
  heard.doubts = doubts_between(counters, counters_after, {cpu}, worked, took);
  return heard;
}

}  // namespace

Result<Heard> HostListener::listen(CpuId cpu, const GapOptions& options) {
  Result<Heard> heard = Heard();
  {
    TRY(const std::jthread thread, thread_on({cpu}, [&] { heard = listen_here(cpu, options); }));
  }
  return heard;
}

}  // namespace pinfold::measure

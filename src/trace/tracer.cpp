#include "trace/tracer.h"

#include "base/try.h"
#include "trace/probe_tracer.h"
#include "trace/sampled_tracer.h"

namespace pinfold::trace {
namespace {

// What can only be told by programs in the kernel.
const char* needs_programs(const TracerOptions& options) {
  if (options.gets) return "sched_getaffinity";
  if (options.callers) return "callers";
  if (options.way) return "the hook";
  if (options.filter.only_failed) return "failed calls";
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<Tracer>> Tracer::open(Kernel& kernel, const TracerOptions& options,
                                             Sink sink) {
  TRY(const SystemCpus cpus, kernel.cpus());
  std::string reason = "not wanted";
  if (!options.sampled) {
    // Numbers of tasks that the kernel tells are those of the first pid namespace.
    TRY(const SystemId id, kernel.system_id());
    constexpr std::uint64_t first_pid_namespace = 0xEFFFFFFC;  // include/linux/proc_ns.h
    if (id.pid_namespace == first_pid_namespace) {
      auto tracer = ProbeTracer::open(kernel, options, cpus, sink);
      if (tracer) return tracer;
      if (needs_programs(options)) return fail(std::move(tracer).error());
      reason = message(tracer.error());
      if (const std::string way_out = hint(tracer.error()); !way_out.empty())
        reason += "; " + way_out;
    } else {
      reason = "this is a pid namespace of its own, and the kernel tells the first one's numbers";
    }
  }
  if (const char* const wish = needs_programs(options)) {
    return fail({.kind = ErrorKind::unsupported, .text = wish, .reason = reason});
  }
  return open_sampled_tracer(kernel, options, reason, std::move(sink));
}

}  // namespace pinfold::trace

// Who moves which thread, told as it happens.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kernel/kernel.h"
#include "trace/probes.h"
#include "trace/stream.h"

namespace pinfold::trace {

struct TracerOptions {
  Filter filter;
  std::string cgroup;  ///< the path that filter.cgroup is the id of
  bool gets = false;
  bool callers = false;
  bool only_changes = false;
  bool inherited = true;
  bool watch_cgroups = true;
  bool sampled = false;  ///< without programs in the kernel, though they were possible
  bool commits = true;
  std::optional<bpf::CallsWay> way;
  std::uint32_t ring_bytes = std::uint32_t{4} << 20U;
  /// Takes births and ends of the filter's targets, and who is there at the start; of everybody
  /// where it has none. Empty: nobody wants them.
  LifeSink lives;
  bool runs = false;  ///< where they run, too: needs programs in the kernel; told by the leg "runs"
  std::uint32_t runs_ring_bytes = std::uint32_t{4} << 20U;
};

class Tracer {
 public:
  /// With programs in the kernel; where these are refused, sampled: its start event says so, and
  /// why. An error where what was wished for is possible with programs only.
  static Result<std::unique_ptr<Tracer>> open(Kernel& kernel, const TracerOptions& options,
                                              Sink sink);
  virtual ~Tracer() = default;

  /// What was chosen, before it begins.
  [[nodiscard]] virtual StartEvent about() const = 0;

  /// From its return on nothing is missed that the legs can see.
  virtual Result<void> start() = 0;

  /// Ready (poll(2)) when there is much to do; what is little waits until pause() is over.
  [[nodiscard]] virtual int descriptor() const = 0;
  [[nodiscard]] virtual Clock::Duration pause() const = 0;

  /// Tells what has happened since.
  virtual Result<void> turn() = 0;

  /// The rest, and the end.
  virtual Result<EndEvent> stop() = 0;
};

}  // namespace pinfold::trace

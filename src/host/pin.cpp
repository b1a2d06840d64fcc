#include <pinfold/pin.h>

#include "base/try.h"
#include "host/host.h"
#include "pin/assignment.h"

namespace pinfold {

Result<Placement> pin(Tid thread, const CpuSet& cpus, Clip clip) {
  return host_pinner().pin(thread, cpus, clip);
}

Result<ProcessPlacement> pin(Pid process, const CpuSet& cpus, Clip clip) {
  TRY(const Assignment assignment,
      prepare(host_kernel(), process, {.cpus = [&](const Limits&) { return cpus; }, .clip = clip}));
  return apply(host_kernel(), assignment);
}

Result<Affinity> affinity(Tid thread) { return read_affinity(host_kernel(), thread); }

}  // namespace pinfold

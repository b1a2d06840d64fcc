#include "place/place.h"

#include <pinfold/place.h>

#include "base/try.h"
#include "host/host.h"
#include "machine/read.h"

namespace pinfold {

Result<CpuSet> resolve(std::string_view place, const Machine& machine) {
  TRY(const Place parsed, Place::parse(place));
  Kernel* const kernel = machine.is_host() ? &host_kernel() : nullptr;
  TRY(PlaceCpus named, parsed.resolve(machine, machine.limits(), kernel));
  return std::move(named.cpus);
}

Result<CpuSet> resolve(std::string_view place) {
  TRY(const Place parsed, Place::parse(place));
  TRY(const Machine machine, open_machine("host", parsed.parts()));
  TRY(PlaceCpus named, parsed.resolve(machine, machine.limits(), &host_kernel()));
  return std::move(named.cpus);
}

}  // namespace pinfold

#include "ground.h"

#include "base/terminal_text.h"
#include "base/try.h"
#include "console.h"
#include "host/host.h"
#include "machine/read.h"
#include "pin/check.h"
#include "place/place.h"

namespace pinfold::tool {
namespace {

Result<CpuSet> look_up(const Place& place, const Machine& machine, const GroundWish& wish) {
  const Limits& limits = machine.limits();
  Kernel* const kernel = machine.is_host() ? &host_kernel() : nullptr;
  TRY(const PlaceCpus named, place.resolve(machine, limits, kernel));
  for (const std::string& note : named.notes)
    print_note(safe_text(note));
  TRY(CpuSet cpus, check_cpus(named.cpus, limits, wish.clip, wish.who));
  for (const Error& reason : unusable_cpus(named.cpus, limits, wish.who))
    print_dropped(reason);
  return cpus;
}

}  // namespace

Result<Ground> find_ground(const GroundWish& wish) {
  MachineParts parts = wish.parts;
  if (wish.on) {
    TRY(const Place place, Place::parse(*wish.on));
    TRY(Machine machine, open_machine(wish.machine, parts |= place.parts()));
    TRY(CpuSet cpus, look_up(place, machine, wish));
    return Ground{.machine = std::move(machine), .cpus = std::move(cpus)};
  }
  TRY(Machine machine, open_machine(wish.machine, parts));
  // On this system a share that a launcher has set is respected.
  TRY(CpuSet cpus,
      machine.is_host() ? host_kernel().effective(Tid()) : Result<CpuSet>(machine.allowed()));
  return Ground{.machine = std::move(machine), .cpus = std::move(cpus)};
}

}  // namespace pinfold::tool

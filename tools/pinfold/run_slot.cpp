#include "run_slot.h"

#include <cstdlib>

#include "base/state_dir.h"
#include "base/try.h"
#include "plan/free_slot.h"

namespace pinfold::tool {
namespace {

struct Turn {
  unsigned slot = 0;
  unsigned slots = 0;
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<Turn> launchers_turn(const SlotWish& wish) {
  TRY(const auto rank, local_rank([](const char* name) { return std::getenv(name); }));
  if (!rank) {
    return usage(
        "--slot auto: no launcher says which rank this is (Open MPI, MPICH, Intel MPI, "
        "PALS, Slurm and torchrun do): --slot K/N says it");
  }
  const auto slots = wish.slots ? wish.slots : rank->size;
  if (!slots) {
    return usage("--slot auto: " + rank->variable +
                 " says the rank, but nothing says of how many: "
                 "--slot auto/N says it");
  }
  if (rank->rank >= *slots) {
    return usage("--slot auto: " + rank->variable + " is " + std::to_string(rank->rank) +
                 ", and of " + std::to_string(*slots) + " slots the last is " +
                 std::to_string(*slots - 1));
  }
  return Turn{.slot = rank->rank, .slots = *slots};
}

std::string slot_name(std::size_t slot, std::size_t slots) {
  return "slot " + std::to_string(slot) + " of " + std::to_string(slots);
}

}  // namespace

Result<TakenSlot> take_slot(const SlotOptions& options, const GroundWish& ground) {
  const SlotWish& slot = options.slot;
  Turn turn{.slot = 0, .slots = slot.slots.value_or(0)};
  if (const auto* number = std::get_if<SlotWish::Number>(&slot.which)) turn.slot = number->value;
  if (std::holds_alternative<SlotWish::Auto>(slot.which)) {
    TRY(turn, launchers_turn(slot));
  }
  GroundWish wish = ground;
  wish.parts.add_cpus();
  TRY(const Ground found, find_ground(wish));
  TRY(auto slots, plan(found.machine, {.workers = turn.slots,
                                       .policy = options.policy,
                                       .place = found.cpus,
                                       .share = options.share}));
  TakenSlot taken;
  if (std::holds_alternative<SlotWish::Free>(slot.which)) {
    TRY(const StateDir state, StateDir::open());
    TRY(HeldSlot held, hold_free_slot(state, slots));
    turn.slot = static_cast<unsigned>(held.slot);
    taken.lock = std::move(held.lock);
  }
  taken.cpus = std::move(slots[turn.slot]);
  taken.name = slot_name(turn.slot, turn.slots);
  return taken;
}

}  // namespace pinfold::tool

// run: set, then exec; no wrapper is left behind.

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "ground.h"
#include "host/host.h"
#include "kernel/limits.h"
#include "launch.h"
#include "options.h"
#include "pin/memory.h"
#include "pin/pinner.h"
#include "place/place.h"
#include "policy_option.h"
#include "run_memory.h"
#include "run_slot.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Run a command on these CPUs.

Usage: pinfold run [OPTIONS] [--] CMD [ARGUMENT…]

The mask is set, read back, and CMD takes the place of pinfold: nothing stays in between.
Without --on, CMD keeps the CPUs that pinfold was given.

Options:
  --on PLACE      where: 0-3,8  node:0  l3:0-1  all,~smt (man pinfold, PLACES)
  --slot K/N      of N shares of these CPUs only number K, from 0; auto: the rank of the
                  launcher (MPI, Slurm), auto/N; free/N: the first that no one holds
  --policy P      how shares are made: compact (the default), spread, core, l3, node, package, pu
  --share         more shares than there is room for: workers have the same CPUs by turns
  --mem POLICY    where its memory comes from: local (the node where it runs), bind:NODES (these
                  alone), preferred:NODE, interleave (page by page from all), interleave:NODES
  --clip          drop CPUs and nodes that cannot be used, instead of an error
  --dry-run       say what would be done, and do nothing
  -v, --verbose   say what was done, on stderr
  --color WHEN    auto, always, never
  -h, --help      this text

Exit: CMD's own; 125 if pinfold failed, 126 if CMD cannot be executed, 127 if there is none.

Examples:
  pinfold run --on 0-3 -- make -j4
  pinfold run --on node:0,~smt -- ./server
  pinfold run --on node:1 --mem bind:1 -- ./database
  mpirun --bind-to none pinfold run --on all --slot auto -- ./rank
)";

struct Wanted {
  std::optional<std::string> on;
  std::optional<std::string> slot;
  std::optional<std::string> policy;
  std::optional<std::string> mem;
  bool share = false;
  bool clip = false;
  bool dry_run = false;
  bool verbose = false;
};

// Where the command runs, and what must stay open for it.
struct Destination {
  CpuSet cpus;
  std::string slot = {};  // "slot 2 of 8", if it is one
  Fd lock = {};
  std::optional<MemoryPolicy> memory = {};
};

// A place of plain numbers needs no look at the machine: what cannot be used of it shows when the
// mask is read back.
Result<std::optional<CpuSet>> without_a_look(const Wanted& wanted) {
  if (!wanted.on || wanted.slot || wanted.clip || wanted.dry_run) return std::nullopt;
  TRY(const Place place, Place::parse(*wanted.on));
  if (!place.is_literal()) return std::nullopt;
  TRY(CpuSet cpus, place.resolve_literal());
  return cpus;
}

Result<Destination> find_destination(const Wanted& wanted, const std::string& command) {
  TRY(auto plain, without_a_look(wanted));
  if (plain) return Destination{.cpus = std::move(*plain)};
  const GroundWish wish{
      .on = wanted.on, .clip = wanted.clip ? Clip::yes : Clip::no, .who = command};
  if (!wanted.slot) {
    if (!wanted.on) {
      TRY(CpuSet own, host_kernel().effective(Tid()));
      return Destination{.cpus = std::move(own)};
    }
    TRY(Ground ground, find_ground(wish));
    return Destination{.cpus = std::move(ground.cpus)};
  }
  SlotOptions options{.share = wanted.share ? Share::yes : Share::no};
  TRY(options.slot, parse_slot(*wanted.slot));
  if (wanted.policy) {
    TRY(options.policy, read_policy(*wanted.policy));
  }
  TRY(TakenSlot taken, take_slot(options, wish));
  return Destination{
      .cpus = std::move(taken.cpus), .slot = std::move(taken.name), .lock = std::move(taken.lock)};
}

// A launcher may have bound each of its ranks already.
bool has_less_than_all() {
  const auto limits = read_limits(host_kernel(), Tid());
  const auto own = host_kernel().effective(Tid());
  return limits && own && !limits->is_everything(*own);
}

// All is checked before anything is set. The memory comes last: of what pinfold itself allocates
// nothing is left when it becomes the command.
Result<Destination> place_self(const Wanted& wanted, const std::string& command) {
  std::optional<MemoryPolicy> memory;
  if (wanted.mem) {
    TRY(memory, find_memory(*wanted.mem, wanted.clip ? Clip::yes : Clip::no, command));
  }
  TRY(Destination destination, find_destination(wanted, command));
  destination.memory = std::move(memory);
  if ((wanted.on || wanted.slot) && !wanted.dry_run) {
    // Clipped above already: what is narrower now is an error.
    TRY(const Placement placed,
        set_and_read_back(host_kernel(), Tid(), destination.cpus, Clip::no));
  }
  if (destination.memory && !wanted.dry_run) {
    CHECK_OK(set_and_read_back(host_kernel(), *destination.memory, command));
  }
  return destination;
}

}  // namespace

int run_command(int /*argc*/, char** argv) {
  Wanted wanted;
  Options options("run");
  options.value("--on", wanted.on);
  options.value("--slot", wanted.slot);
  options.value("--policy", wanted.policy);
  options.value("--mem", wanted.mem);
  options.flag("--share", wanted.share);
  options.flag("--clip", wanted.clip);
  options.flag("--dry-run", wanted.dry_run);
  options.flag("--verbose", wanted.verbose, 'v');
  auto read = options.read(argv + 1, Options::After::arguments);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (read && !*options.rest()) {
    read = fail({.kind = ErrorKind::syntax, .reason = "a command is missing"});
  } else if (read && (wanted.policy || wanted.share) && !wanted.slot) {
    const char* option = wanted.policy ? "--policy" : "--share";
    read = fail({.kind = ErrorKind::syntax,
                 .reason = std::string(option) + " says how --slot divides, which is missing"});
  } else if (read && wanted.share && wanted.slot->starts_with("free")) {
    read = fail({.kind = ErrorKind::syntax,
                 .reason = "a free slot is nobody else's: --share makes no sense with it"});
  }
  if (!read) {
    options.print_usage_error(read.error());
    return exit_launch_failed;
  }

  char** const command = options.rest();
  const std::string name = safe_text(command[0]);
  auto placed = place_self(wanted, name);
  if (!placed) {
    Error error = std::move(placed).error();
    if (error.kind != ErrorKind::syntax) {
      error.task = name;
      error.now.clear();  // what pinfold itself has now is gone with it
    }
    const bool free_slot = wanted.slot && wanted.slot->starts_with("free");
    if (error.kind == ErrorKind::no_room && free_slot) {
      print_error(message(error));  // --share, its way out, is none for slots that are held
    } else {
      print_error(error);
    }
    const bool narrow = error.kind == ErrorKind::no_room && !wanted.on && has_less_than_all();
    if (narrow) print_hint("pinfold itself was given these only: --on all divides all it may have");
    return exit_launch_failed;
  }
  std::string where = to_cpu_list(placed->cpus);
  if (!placed->slot.empty()) where += " (" + placed->slot + ')';
  if (placed->memory) where += ", memory " + describe(*placed->memory);
  if (wanted.dry_run) {
    std::printf("would run %s on %s\n", name.c_str(), where.c_str());
    return exit_done;
  }
  if (wanted.verbose) print_note(name + " runs on " + where);
  return launch(command);
}

}  // namespace pinfold::tool

// run: set, then exec; no wrapper is left behind.

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
#include "machine/read.h"
#include "options.h"
#include "pin/check.h"
#include "place/place.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Run a command on these CPUs.

Usage: pinfold run [OPTIONS] [--] CMD [ARGUMENT…]

The mask is set, read back, and CMD takes the place of pinfold: nothing stays in between.
Without --on, CMD keeps the CPUs that pinfold was given.

Options:
  --on PLACE      where: 0-3,8  0-31:2 (every 2nd)  0x0f  N (the last)  all  all,~0
  --clip          drop CPUs that cannot be used, instead of an error
  --dry-run       say what would be done, and do nothing
  -v, --verbose   say what was done, on stderr
  --color WHEN    auto, always, never
  -h, --help      this text

Exit: CMD's own; 125 if pinfold failed, 126 if CMD cannot be executed, 127 if there is none.

Examples:
  pinfold run --on 0-3 -- make -j4
  pinfold run --on all,~0 -- ./server
)";

struct Wanted {
  std::optional<std::string> on;
  bool clip = false;
  bool dry_run = false;
  bool verbose = false;
};

// The CPUs of the place. A place of plain numbers needs no look at the machine: what cannot be
// used of it shows when the mask is read back.
Result<CpuSet> cpus_for(Kernel& kernel, const Wanted& wanted, const std::string& command) {
  TRY(const Place place, Place::parse(*wanted.on));
  if (place.is_literal() && !wanted.clip && !wanted.dry_run) {
    return place.resolve_literal();
  }
  TRY(const Machine machine, open_machine("host", place.parts()));
  const Limits& limits = machine.limits();
  TRY(const PlaceCpus named, place.resolve(machine, limits, &kernel));
  for (const std::string& note : named.notes)
    print_note(safe_text(note));
  TRY(CpuSet cpus, check_cpus(named.cpus, limits, wanted.clip ? Clip::yes : Clip::no, command));
  for (const Error& reason : unusable_cpus(named.cpus, limits, command))
    print_dropped(reason);
  return cpus;
}

Result<CpuSet> place_self(const Wanted& wanted, const std::string& command) {
  Kernel& kernel = host_kernel();
  if (!wanted.on) return kernel.effective(Tid());
  TRY(CpuSet cpus, cpus_for(kernel, wanted, command));
  if (!wanted.dry_run) {
    // Clipped above already: what is narrower now is an error.
    TRY(const Placement placed, set_and_read_back(kernel, Tid(), cpus, Clip::no));
  }
  return cpus;
}

// execvp(3) says EACCES also where a folder of PATH may not be searched and the command is nowhere.
bool stands_in_path(const char* command) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + '/' + command;
    if (::access(file.c_str(), F_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

int launch(char** command) {
  ::execvp(command[0], command);
  int reason = errno;
  const bool searched = !std::strchr(command[0], '/');
  if (reason == EACCES && searched && !stands_in_path(command[0])) reason = ENOENT;
  const std::string name = safe_text(command[0]);
  if (reason != ENOENT) {
    print_error(name + ": " + std::strerror(reason));
    return exit_not_executable;
  }
  const bool there = !searched && ::access(command[0], F_OK) == 0;
  print_error(name + (there ? ": its interpreter does not exist" : ": command not found"));
  return exit_not_found;
}

}  // namespace

int run_command(int /*argc*/, char** argv) {
  Wanted wanted;
  Options options("run");
  options.value("--on", wanted.on);
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
    print_error(error);
    return exit_launch_failed;
  }
  if (wanted.dry_run) {
    std::printf("would run %s on %s\n", name.c_str(), to_cpu_list(*placed).c_str());
    return exit_done;
  }
  if (wanted.verbose) print_note(name + " runs on " + to_cpu_list(*placed));
  return launch(command);
}

}  // namespace pinfold::tool

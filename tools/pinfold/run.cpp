// run: set, then exec; no wrapper is left behind.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/cpu_list.h>

#include "base/closest.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
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

constexpr std::string_view option_names[] = {"--on",      "--clip",  "--dry-run",
                                             "--verbose", "--color", "--help"};

struct Options {
  std::optional<std::string_view> on;
  Clip clip = Clip::no;
  bool dry_run = false;
  bool verbose = false;
  bool help = false;
  char** command = nullptr;
};

Result<void> usage(std::string text) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(text)});
}

// The value of "--name=value", or the next argument.
Result<std::string_view> value_of(std::string_view argument, char**& rest) {
  if (const auto equals = argument.find('='); equals != std::string_view::npos) {
    return argument.substr(equals + 1);
  }
  if (!*rest) return fail(usage("a value is missing after " + std::string(argument)).error());
  return std::string_view(*rest++);
}

Result<void> unknown_option(std::string_view argument) {
  const std::string_view name = argument.substr(0, argument.find('='));
  std::string text = "unknown option " + std::string(argument);
  if (const auto near = closest(name, option_names)) {
    text += ": did you mean " + std::string(*near) + '?';
  } else {
    text += ": a command that starts with a dash goes after --";
  }
  return usage(std::move(text));
}

Result<Options> parse(char** rest) {
  Options options;
  while (*rest) {
    const std::string_view argument = *rest;
    if (!argument.starts_with('-') || argument == "-") break;
    ++rest;
    if (argument == "--") break;
    if (argument == "--on" || argument.starts_with("--on=")) {
      TRY(options.on, value_of(argument, rest));
    } else if (argument == "--color" || argument.starts_with("--color=")) {
      TRY(const std::string_view when, value_of(argument, rest));
      Color color = Color::automatic;
      if (!parse_color(when, color)) {
        CHECK_OK(usage("--color takes auto, always or never, not " + std::string(when)));
      }
      use_color(color);
    } else if (argument == "--clip") {
      options.clip = Clip::yes;
    } else if (argument == "--dry-run") {
      options.dry_run = true;
    } else if (argument == "-v" || argument == "--verbose") {
      options.verbose = true;
    } else if (argument == "-h" || argument == "--help") {
      options.help = true;
      return options;
    } else {
      CHECK_OK(unknown_option(argument));
    }
  }
  options.command = rest;
  if (!*rest) CHECK_OK(usage("a command is missing"));
  return options;
}

// The CPUs of the place. A place of plain numbers needs no look at the machine: what cannot be
// used of it shows when the mask is read back.
Result<CpuSet> cpus_for(Kernel& kernel, const Options& options, const std::string& command) {
  TRY(const Place place, Place::parse(*options.on));
  if (place.is_literal() && options.clip == Clip::no && !options.dry_run) {
    return place.resolve_literal();
  }
  TRY(const Limits limits, read_limits(kernel, Tid()));
  TRY(PlaceCpus named, place.resolve(limits));
  for (const std::string& note : named.notes)
    print_note(safe_text(note));
  TRY(CpuSet cpus, check_cpus(named.cpus, limits, options.clip, command));
  if (const CpuSet dropped = named.cpus - cpus; !dropped.empty()) {
    print_note(to_cpu_list(dropped) + " cannot be used and was dropped");
  }
  return cpus;
}

Result<CpuSet> place_self(const Options& options, const std::string& command) {
  Kernel& kernel = host_kernel();
  if (!options.on) return kernel.effective(Tid());
  TRY(CpuSet cpus, cpus_for(kernel, options, command));
  if (!options.dry_run) {
    // Clipped above already: what is narrower now is an error.
    TRY(const Placement placed, set_and_read_back(kernel, Tid(), cpus, Clip::no));
  }
  return cpus;
}

int launch(char** command) {
  ::execvp(command[0], command);
  const int reason = errno;
  const std::string name = safe_text(command[0]);
  if (reason != ENOENT) {
    print_error(name + ": " + std::strerror(reason));
    return exit_not_executable;
  }
  const bool there = std::strchr(command[0], '/') && ::access(command[0], F_OK) == 0;
  print_error(name + (there ? ": its interpreter does not exist" : ": command not found"));
  return exit_not_found;
}

}  // namespace

int run_command(int argc, char** argv) {
  auto options = parse(argv + (argc > 0 ? 1 : 0));
  if (!options) {
    print_error("run: " + safe_text(options.error().reason));
    print_hint("pinfold run --help shows how it is used");
    return exit_launch_failed;
  }
  if (options->help) {
    std::fputs(help, stdout);
    return exit_done;
  }
  const std::string command = safe_text(options->command[0]);
  auto placed = place_self(*options, command);
  if (!placed) {
    Error error = std::move(placed).error();
    if (error.kind != ErrorKind::syntax) {
      error.task = command;
      error.now.clear();  // what pinfold itself has now is gone with it
    }
    print_error(error);
    return exit_launch_failed;
  }
  if (options->dry_run) {
    std::printf("would run %s on %s\n", command.c_str(), to_cpu_list(*placed).c_str());
    return exit_done;
  }
  if (options->verbose) print_note(command + " runs on " + to_cpu_list(*placed));
  return launch(options->command);
}

}  // namespace pinfold::tool

#include "front.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <pinfold/version.h>

#include "base/closest.h"
#include "base/terminal_text.h"
#include "commands.h"
#include "console.h"

namespace pinfold::tool {
namespace {

constexpr const char* overview =
    R"(Place threads on CPUs, prove that they are there, and say why not.

Usage: pinfold COMMAND [OPTIONS] …

  run [--on PLACE] -- CMD…   run a command on these CPUs
  get [TARGET…]              show where threads may run: asked, allowed, effective
  set PLACE TARGET…          place all threads of running processes; none escapes
  reset TARGET…              give them back all that their cpuset allows
  taskset …                  a drop-in for util-linux's taskset(1)

A PLACE is CPU numbers: 0-3,8  0-31:2 (every 2nd)  0x0f  N (the last)  all  all,~0
A TARGET is a process with all its threads (1234) or one thread (tid:1240).

Examples:
  pinfold run --on 0-3 -- make -j4
  pinfold get 1234
  pinfold set 2-3 1234

pinfold COMMAND --help says more, as does man pinfold.
)";

constexpr std::string_view command_names[] = {"run", "get", "set", "reset", "taskset"};

int unknown_command(std::string_view word) {
  print_error("unknown command \"" + safe_text(word) + '"');
  if (const auto near = closest(word, command_names)) {
    print_hint("did you mean " + std::string(*near) + "?");
  } else {
    print_hint("pinfold --help lists the commands");
  }
  return exit_usage;
}

}  // namespace

int front(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--help" || first == "-h" || first == "help") {
    std::fputs(overview, stdout);
    return exit_done;
  }
  if (first == "--version" || first == "-V") {
    std::puts("pinfold " PINFOLD_VERSION);
    return exit_done;
  }
  if (first.empty()) {
    std::fputs(overview, stderr);
    return exit_usage;
  }

  if (std::ranges::find(command_names, first) == std::ranges::end(command_names)) {
    return unknown_command(first);
  }

  CLI::App app{"", "pinfold"};
  int result = exit_done;
  add_get(app, result);
  add_set(app, result);
  add_reset(app, result);
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.get_subcommands().front()->help("pinfold").c_str(), stdout);
    return exit_done;
  } catch (const CLI::ParseError& error) {
    print_error(safe_text(error.what()));
    print_hint("pinfold " + safe_text(first) + " --help shows how it is used");
    return exit_usage;
  }
  return result;
}

}  // namespace pinfold::tool

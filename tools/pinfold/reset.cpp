// reset: back to all that the cpuset allows.

#include <cstdio>

#include "assign.h"
#include "commands.h"
#include "host/host.h"
#include "journal_text.h"
#include "options.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Give processes back all CPUs that their cpuset allows, but isolated ones.

Usage: pinfold reset [OPTIONS] TARGET…

  TARGET          1234 (a process, all its threads), tid:1240 (one thread), comm:nginx,
                  exe:/usr/bin/x, user:bob, cgroup:/x.slice (man pinfold, TARGETS)

Options:
  --isolated      isolated CPUs too
  --dry-run       check, and say what would be done
  --json          one JSON object on stdout
  -v, --verbose   a line a thread
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold reset 1234
  pinfold reset 'comm:php-fpm*'
)";

}  // namespace

int reset_command(int /*argc*/, char** argv) {
  AssignOptions wanted;
  bool isolated = false;
  wanted.command = command_text(argv);
  Options options("reset");
  options.flag("--isolated", isolated);
  add_assign_options(options, wanted);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  wanted.targets = options.arguments();
  if (read && wanted.targets.empty()) {
    read = fail({.kind = ErrorKind::syntax, .reason = "a target is missing"});
  }
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  Kernel& kernel = host_kernel();
  const Isolated which = isolated ? Isolated::include : Isolated::leave_out;
  return assign(kernel, wanted,
                [&](const Target& target) { return prepare_reset(kernel, target, which); });
}

}  // namespace pinfold::tool

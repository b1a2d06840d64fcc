// set: all threads of running processes on these CPUs, none escaping.

#include <cstdio>
#include <string>

#include "assign.h"
#include "commands.h"
#include "host/host.h"
#include "journal_text.h"
#include "options.h"
#include "place/place.h"
#include "report.h"
#include "wish.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Place all threads of running processes on these CPUs, none escaping.

Usage: pinfold set [OPTIONS] PLACE TARGET…

All targets are checked before any is changed. What is set is read back; exit 1 if anything is
not as asked, or if it is not proved that no thread escaped.

  PLACE           where: 0-3,8  node:0  l3:0-1  all,~smt (man pinfold, PLACES)
  TARGET          1234 (a process, all its threads), tid:1240 (one thread), comm:nginx,
                  exe:/usr/bin/x, user:bob, cgroup:/x.slice (man pinfold, TARGETS)

Options:
  --clip          drop CPUs that cannot be used, instead of an error
  --dry-run       check, and say what would be done
  --json          one JSON object on stdout
  -v, --verbose   a line a thread
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold set 0-3 1234
  pinfold set all,~0 1234 tid:1300
  pinfold set node:1 comm:postgres cgroup:/batch.slice
)";

int set(const Place& place, const Machine& machine, Clip clip, const AssignOptions& options) {
  Kernel& kernel = host_kernel();
  const Wish wish = make_wish(place, machine, clip);
  return assign(kernel, options,
                [&](const Target& target) { return prepare(kernel, target, wish); });
}

}  // namespace

int set_command(int /*argc*/, char** argv) {
  AssignOptions wanted;
  bool clip = false;
  wanted.command = command_text(argv);
  Options options("set");
  options.flag("--clip", clip);
  add_assign_options(options, wanted);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  wanted.targets = options.arguments();
  if (read) read = check_place_and_targets(wanted.targets);
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  const auto where = take_place(wanted.targets);
  if (!where) return refuse(host_kernel(), where.error(), wanted.json);
  return set(where->place, where->machine, clip ? Clip::yes : Clip::no, wanted);
}

}  // namespace pinfold::tool

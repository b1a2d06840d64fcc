// set: all threads of running processes on these CPUs, none escaping.

#include <memory>

#include <pinfold/cpu_list.h>

#include "assign.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
#include "options.h"
#include "place/place.h"

namespace pinfold::tool {
namespace {

struct Options {
  AssignOptions assign;
  std::string place;
  bool clip = false;
};

int run(const Options& options) {
  Kernel& kernel = host_kernel();
  const auto place = Place::parse(options.place);
  if (!place) {
    print_error(place.error());
    return exit_usage;
  }
  // Names mean what the target may use, so each target has its own CPUs.
  const Wish wish{.cpus = [&](const Limits& limits) -> Result<CpuSet> {
                    TRY(PlaceCpus named, place->resolve(limits));
                    for (const std::string& note : named.notes)
                      print_note(safe_text(note));
                    return std::move(named.cpus);
                  },
                  .clip = options.clip ? Clip::yes : Clip::no};
  return assign(kernel, options.assign,
                [&](const Target& target) { return prepare(kernel, target, wish); });
}

}  // namespace

void add_set(CLI::App& app, int& result) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "set", "Place all threads of running processes on these CPUs, none escaping.");
  command->add_option("PLACE", options->place, "where: 0-3,8  0-31:2  0x0f  N  all  all,~0")
      ->required();
  command
      ->add_option("TARGET", options->assign.targets,
                   "1234 (a process, all its threads) or tid:1240 (one thread)")
      ->required();
  command->add_flag("--clip", options->clip, "drop CPUs that cannot be used, instead of an error");
  command->add_flag("--dry-run", options->assign.dry_run, "check and say what would be done");
  command->add_flag("--json", options->assign.json, "one JSON object on stdout");
  command->add_flag("-v,--verbose", options->assign.verbose, "a line a thread");
  add_color(*command);
  command->footer(
      "All targets are checked before any is changed. What is set is read back; exit 1\n"
      "if anything is not as asked, or if it is not proved that no thread escaped.\n\n"
      "Examples:\n"
      "  pinfold set 0-3 1234\n"
      "  pinfold set all,~0 1234 tid:1300\n");
  command->callback([options, &result] { result = run(*options); });
}

}  // namespace pinfold::tool

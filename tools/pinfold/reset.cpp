// reset: back to all that the cpuset allows.

#include <memory>

#include "assign.h"
#include "commands.h"
#include "host/host.h"
#include "options.h"

namespace pinfold::tool {

void add_reset(CLI::App& app, int& result) {
  struct Options {
    AssignOptions assign;
    bool isolated = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "reset", "Give processes back all CPUs that their cpuset allows, but isolated ones.");
  command
      ->add_option("TARGET", options->assign.targets,
                   "1234 (a process, all its threads) or tid:1240 (one thread)")
      ->required();
  command->add_flag("--isolated", options->isolated, "isolated CPUs too");
  command->add_flag("--dry-run", options->assign.dry_run, "check and say what would be done");
  command->add_flag("--json", options->assign.json, "one JSON object on stdout");
  command->add_flag("-v,--verbose", options->assign.verbose, "a line a thread");
  add_color(*command);
  command->footer("Example:\n  pinfold reset 1234\n");
  command->callback([options, &result] {
    Kernel& kernel = host_kernel();
    const Isolated isolated = options->isolated ? Isolated::include : Isolated::leave_out;
    result = assign(kernel, options->assign,
                    [&](const Target& target) { return prepare_reset(kernel, target, isolated); });
  });
}

}  // namespace pinfold::tool

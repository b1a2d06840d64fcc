// sim: a machine that is modelled, for commands and for scripts.

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/number.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "model/scenario/names.h"
#include "options.h"
#include "policy_option.h"
#include "sim_run.h"
#include "sim_script.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Run a command on a machine that is not here, or play a script on it.

Usage: pinfold sim --machine M [OPTIONS] [--] CMD [ARGUMENT…]
       pinfold sim --script FILE [OPTIONS]
       pinfold sim --profiles [--kernel VERSION] [--json]

CMD and all that it starts see that machine, in every call and in /sys and /proc, and live by the
rules of the modelled kernel. Nothing on this system is changed.

Options:
  --machine M        a description ("pack:2 numa:2 l3:4 core:8 pu:2;isolated=6-7"), or a folder with
                     a copy of /sys and /proc (man pinfold, MACHINES)
  --cpus N           a plain machine with that many CPUs
  --kernel VERSION   2.5, 2.6.9, 5.15, 6.1, 6.12 or 6.18, which is the default
  --cpusets KIND     v1, v2 or none; the newest that the kernel has, where nothing is said
  --report           at the end, who set which mask, on stderr
  --output FILE      the report goes there
  --json             the report, and what a script did, as one JSON object
  --files WAY        how files of /sys are shown: erofs, fuse or copy; the first that works
  --script FILE      no command: an operation a line, and what must come of it (- is stdin);
                     man pinfold-sim has the language
  --profiles         what the model knows of each kernel, and how that is known
  --color WHEN       auto, always, never
  -h, --help         this text

Exit: CMD's own; 125 if pinfold failed, 126 if CMD cannot be executed, 127 if there is none.

Examples:
  pinfold sim --cpus 4096 -- nproc
  pinfold sim --machine "pack:2 numa:2 l3:4 core:8 pu:2" -- lscpu
  pinfold sim --machine "core:4 pu:2" --report -- taskset -c 2-3 ./server
  printf 'start A\nset A 1,5\noffline 1\nget A\n' |
    pinfold sim --machine "core:4 pu:2" --script -
)";

struct Words {
  std::optional<std::string> machine;
  std::optional<std::string> cpus;
  std::optional<std::string> kernel;
  std::optional<std::string> cpusets;
  std::optional<std::string> output;
  std::optional<std::string> files;
  std::optional<std::string> script;
  bool report = false;
  bool profiles = false;
  bool json = false;
};

void declare(Options& options, Words& words) {
  options.value("--machine", words.machine);
  options.value("--cpus", words.cpus);
  options.value("--kernel", words.kernel);
  options.value("--cpusets", words.cpusets);
  options.value("--output", words.output);
  options.value("--files", words.files);
  options.value("--script", words.script);
  options.flag("--report", words.report);
  options.flag("--profiles", words.profiles);
  options.flag("--json", words.json);
}

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<const model::Profile*> read_kernel(const std::string& name) {
  if (const model::Profile* profile = model::find_profile(name)) return profile;
  std::vector<std::string_view> names;
  for (const model::Profile& profile : model::profiles())
    names.push_back(profile.name);
  return unknown_word("kernel", name, names);
}

Result<model::Hierarchy> read_cpusets(const std::string& name) {
  const auto& known = model::hierarchy_names;
  const auto* const found = std::ranges::find(known, name);
  if (found == known.end()) return unknown_word("kind of cpusets", name, known);
  return static_cast<model::Hierarchy>(found - known.begin());
}

Result<sim::ShownBy> read_files(const std::string& name) {
  static constexpr std::array<std::string_view, 3> known = {"erofs", "fuse", "copy"};
  static constexpr std::array ways = {sim::ShownBy::erofs, sim::ShownBy::fuse, sim::ShownBy::copy};
  const auto* const found = std::ranges::find(known, name);
  if (found == known.end()) return unknown_word("way to show files", name, known);
  return ways[static_cast<std::size_t>(found - known.begin())];
}

// "4096": one package of that many cores.
Result<std::string> plain_machine(const std::string& cpus) {
  const auto count = parse_number<unsigned>(cpus);
  if (!count || *count == 0) return usage("--cpus takes a number of CPUs, 1 or more, not " + cpus);
  return "package:1 core:" + cpus + " pu:1";
}

Result<std::vector<const model::Profile*>> profiles_of(const Words& words) {
  if (words.script || words.machine || words.cpus || words.cpusets || words.report) {
    return usage("--profiles goes with --kernel and --json only");
  }
  std::vector<const model::Profile*> profiles;
  if (words.kernel) {
    TRY(profiles.emplace_back(), read_kernel(*words.kernel));
    return profiles;
  }
  for (const model::Profile& profile : model::profiles())
    profiles.push_back(&profile);
  return profiles;
}

Result<SimScript> script_of(const Words& words, const std::optional<std::string>& machine) {
  if (words.report || words.output || words.files) {
    return usage("--report, --output and --files are for a command, not for a script");
  }
  SimScript script{.file = *words.script, .defaults = {}, .json = words.json};
  if (machine) script.defaults.push_back({.name = "machine", .value = *machine});
  if (words.kernel) {
    CHECK_OK(read_kernel(*words.kernel));
    script.defaults.push_back({.name = "kernel", .value = *words.kernel});
  }
  if (words.cpusets) {
    CHECK_OK(read_cpusets(*words.cpusets));
    script.defaults.push_back({.name = "cpusets", .value = *words.cpusets});
  }
  return script;
}

Result<SimRun> run_of(const Words& words, const std::optional<std::string>& machine,
                      char** command) {
  if (!machine) return usage("which machine? --machine M or --cpus N says it");
  if (!*command) return usage("a command is missing");
  if (!words.report && (words.output || words.json)) {
    return usage("--output and --json are about the report: --report is missing");
  }
  SimRun run{.machine = *machine,
             .report = words.report,
             .output = words.output,
             .json = words.json,
             .command = command};
  if (words.kernel) {
    TRY(run.profile, read_kernel(*words.kernel));
  }
  if (words.cpusets) {
    TRY(run.cpusets, read_cpusets(*words.cpusets));
  }
  if (words.files) {
    TRY(run.shown_by, read_files(*words.files));
  }
  return run;
}

using Wanted = std::variant<SimScript, SimRun, std::vector<const model::Profile*>>;

Result<Wanted> wanted(const Words& words, char** command) {
  if (words.machine && words.cpus) return usage("--machine and --cpus exclude each other");
  std::optional<std::string> machine = words.machine;
  if (words.cpus) {
    TRY(machine, plain_machine(*words.cpus));
  }
  if (*command && (words.script || words.profiles)) {
    return usage(std::string("unexpected argument ") + *command);
  }
  if (words.profiles) {
    TRY(auto profiles, profiles_of(words));
    return profiles;
  }
  if (words.script) {
    TRY(auto script, script_of(words, machine));
    return script;
  }
  TRY(auto run, run_of(words, machine, command));
  return run;
}

// Also where the options make no sense.
bool is_about_scripts(char** argv) {
  for (char** word = argv + 1; *word && std::string_view(*word) != "--"; ++word) {
    const std::string_view option = *word;
    if (option.starts_with("--script") || option == "--profiles") return true;
  }
  return false;
}

}  // namespace

int sim_command(int /*argc*/, char** argv) {
  Options options("sim");
  Words words;
  declare(options, words);
  const auto read = options.read(argv + 1, Options::After::arguments);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  const Result<Wanted> wish = read ? wanted(words, options.rest()) : fail(read.error());
  if (!wish) {
    options.print_usage_error(wish.error());
    // Of a command that was to be run, 2 would be its own.
    const bool no_command = read && !*options.rest();
    return no_command || is_about_scripts(argv) ? exit_usage : exit_launch_failed;
  }
  if (const auto* script = std::get_if<SimScript>(&*wish)) return play_script(*script);
  if (const auto* run = std::get_if<SimRun>(&*wish)) return run_simulated(*run);
  return print_profiles(std::get<std::vector<const model::Profile*>>(*wish), words.json);
}

}  // namespace pinfold::tool

// The commands. `run` and `taskset` read their own arguments, because they must start fast;
// the others are set up by CLI11.
#pragma once

namespace CLI {
class App;
}

namespace pinfold::tool {

/// What a command ends with (DESIGN.md, The command).
enum Exit : int {
  exit_done = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_launch_failed = 125,   // run: its own failure
  exit_not_executable = 126,  // run: found but not to be executed
  exit_not_found = 127,       // run: no such command
};

/// argv[0] is the command's own name.
int run_command(int argc, char** argv);
int taskset_command(int argc, char** argv);

/// Adds the command to `app`; what it returned is in `result` after parsing.
void add_get(CLI::App& app, int& result);
void add_set(CLI::App& app, int& result);
void add_reset(CLI::App& app, int& result);

}  // namespace pinfold::tool

// The commands. argv[0] is the command's own name.
#pragma once

namespace pinfold::tool {

/// What a command ends with.
enum Exit : int {
  exit_done = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_launch_failed = 125,   // run: its own failure
  exit_not_executable = 126,  // run: found but not to be executed
  exit_not_found = 127,       // run: no such command
};

int bench_command(int argc, char** argv);
int dedicate_command(int argc, char** argv);
int get_command(int argc, char** argv);
int log_command(int argc, char** argv);
int plan_command(int argc, char** argv);
int reset_command(int argc, char** argv);
int run_command(int argc, char** argv);
int set_command(int argc, char** argv);
int sim_command(int argc, char** argv);
int taskset_command(int argc, char** argv);
int topo_command(int argc, char** argv);
int trace_command(int argc, char** argv);
int undo_command(int argc, char** argv);
int why_command(int argc, char** argv);

}  // namespace pinfold::tool

// pinfold: which command, and off it goes.

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/version.h>

#include "base/closest.h"
#include "base/terminal_text.h"
#include "bpf/task_iterator.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"

namespace pinfold::tool {
namespace {

struct Command {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr Command commands[] = {
    {"run", run_command},         {"get", get_command},     {"set", set_command},
    {"reset", reset_command},     {"plan", plan_command},   {"topo", topo_command},
    {"taskset", taskset_command}, {"undo", undo_command},   {"dedicate", dedicate_command},
    {"why", why_command},         {"sim", sim_command},     {"trace", trace_command},
    {"log", log_command},         {"bench", bench_command},
};

constexpr const char* overview =
    R"(Place threads on CPUs, prove that they are there, and say why not.

Usage: pinfold COMMAND [OPTIONS] …

  run [--on PLACE] -- CMD…   run a command on these CPUs
  get [TARGET…]              show where threads may run: asked, allowed, effective
  set PLACE TARGET…          place all threads of running processes; none escapes
  reset TARGET…              give them back all that their cpuset allows
  dedicate PLACE TARGET…     give it these CPUs alone; everybody else keeps off
  undo [--list]              put back what the newest of these changed
  plan N                     say which CPUs each of N workers has
  why TARGET [--on PLACE]    say who keeps a task from running there, and what lifts it
  topo [--machine M]         show what the machine is made of
  bench WHAT                 measure what sharing and moving cost: pair, matrix, migrate, noise
  trace [TARGET…] [-- CMD]   tell every change of a thread's mask: who, whom, from, to, and why
  log [--task WHO]           say what changed, as trace --record has kept it
  bench matrix|noise         measure what sharing costs, and how quiet a CPU is
  sim --machine M -- CMD…    run a command on a machine that is not here
  taskset …                  a drop-in for util-linux's taskset(1)

A PLACE is CPUs by number or name: 0-3,8  node:0  l3:0-1  core:0-3.pu:0  all,~smt  P  near:eth0
A TARGET is a process with all its threads (1234), one thread (tid:1240), or all processes of a
name (comm:nginx), a program (exe:/usr/bin/x), a user (user:bob) or a cgroup (cgroup:/x.slice).

Examples:
  pinfold run --on node:0,~smt -- make -j4
  pinfold get 1234
  pinfold set 2-3 1234

pinfold COMMAND --help says more, as does man pinfold.
)";

int unknown_command(std::string_view word) {
  print_error("unknown command \"" + safe_text(word) + '"');
  std::vector<std::string_view> names;
  for (const Command& command : commands)
    names.push_back(command.name);
  if (const auto near = closest(word, names)) {
    print_hint("did you mean " + std::string(*near) + "?");
  } else {
    print_hint("pinfold --help lists the commands");
  }
  return exit_usage;
}

int main(int argc, char** argv) {
  if (argc > 0) {
    const char* slash = std::strrchr(argv[0], '/');
    const std::string_view called = slash ? slash + 1 : argv[0];
    if (called == "taskset") return taskset_command(argc, argv);
  }
  if (argc < 2) {
    std::fputs(overview, stderr);
    return exit_usage;
  }
  static TaskIterator iterator;  // does nothing until somebody asks it
  read_host_snapshots_by(iterator);
  const std::string_view word = argv[1];
  for (const Command& command : commands) {
    if (word == command.name) return command.run(argc - 1, argv + 1);
  }
  if (word == "--help" || word == "-h" || word == "help") {
    std::fputs(overview, stdout);
    return exit_done;
  }
  if (word == "--version" || word == "-V") {
    std::puts("pinfold " PINFOLD_VERSION);
    return exit_done;
  }
  return unknown_command(word);
}

}  // namespace
}  // namespace pinfold::tool

int main(int argc, char** argv) { return pinfold::tool::main(argc, argv); }

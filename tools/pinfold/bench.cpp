// bench: what sharing and moving cost on this machine.

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/closest.h"
#include "base/terminal_text.h"
#include "bench/instruments.h"
#include "commands.h"
#include "console.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Measure what sharing and moving cost on this machine: numbers of its own, with their spread.

Usage: pinfold bench pair|matrix|migrate|noise [OPTIONS]

  pair     two processes with the same work: on one CPU, on SMT siblings, on two cores
  matrix   latency from core to core, for every pair
  migrate  what a thread pays for being moved away from its warm cache
  noise    how quiet a CPU is: gaps, interrupts, others' work

Each checks that its threads were where they were put, and gives a reason in place of a number
that could be wrong.

Examples:
  pinfold bench pair
  pinfold bench matrix --svg matrix.svg
  pinfold bench migrate --on node:0
  pinfold bench noise --on 2-3

pinfold bench pair --help says more.
)";

struct Instrument {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr std::array instruments = {
    Instrument{"pair", bench_pair},
    Instrument{"matrix", bench_matrix},
    Instrument{"migrate", bench_migrate},
    Instrument{"noise", bench_noise},
};

int unknown(std::string_view word) {
  print_error("bench: unknown measurement \"" + safe_text(word) + '"');
  std::vector<std::string_view> names;
  for (const Instrument& instrument : instruments)
    names.push_back(instrument.name);
  const auto near = closest(word, names);
  print_hint(near ? "did you mean " + std::string(*near) + "?" : "pinfold bench --help lists them");
  return exit_usage;
}

}  // namespace

int bench_command(int argc, char** argv) {
  if (argc < 2) {
    std::fputs(help, stderr);
    return exit_usage;
  }
  const std::string_view word = argv[1];
  for (const Instrument& instrument : instruments) {
    if (word == instrument.name) return instrument.run(argc - 1, argv + 1);
  }
  if (word == "--help" || word == "-h") {
    std::fputs(help, stdout);
    return exit_done;
  }
  return unknown(word);
}

}  // namespace pinfold::tool

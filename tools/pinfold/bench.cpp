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
    R"(Measure what sharing costs on this machine: numbers of its own, with their spread.

Usage: pinfold bench matrix|noise [OPTIONS]

  matrix   latency from core to core, for every pair
  noise    how quiet a CPU is: gaps, interrupts, others' work

Each checks that its threads were where they were put, and gives a reason in place of a number
that could be wrong.

Examples:
  pinfold bench matrix --svg matrix.svg
  pinfold bench noise --on 2-3

pinfold bench matrix --help says more.
)";

struct Instrument {
  std::string_view name;
  int (*run)(int argc, char** argv);
};

constexpr std::array instruments = {
    Instrument{"matrix", bench_matrix},
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

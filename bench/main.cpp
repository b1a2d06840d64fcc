// pinfold-bench: Pinfold measured against its peers, as a table and as JSON.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/number.h"
#include "groups.h"
#include "support/own_state.h"

namespace {

constexpr const char* help = R"(Measure Pinfold against its peers.

Usage: pinfold-bench [--json FILE] [--quick] [--filter TEXT] [--rounds N]

Each row is two sides that take turns in one run; the ratio is ours to theirs, the median of
all rounds. "half of rounds" is where the middle half of them lay. Where theirs is 0 there is no
peer: what stands for the ratio is our time or count itself, in the unit beside it.

  --json FILE    the rows as JSON, too
  --quick        a tenth of the rounds, to see that it works
  --filter TEXT  only rows whose name contains TEXT
  --rounds N     so many rounds for every row
)";

int usage() {
  std::fputs(help, stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace pinfold::bench;
  Options options;
  std::string json;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (argument == "--help" || argument == "-h") {
      std::fputs(help, stdout);
      return 0;
    }
    if (argument == "--quick") {
      options.quick = true;
      continue;
    }
    if (!value) return usage();
    ++i;
    if (argument == "--json") {
      json = value;
    } else if (argument == "--filter") {
      options.filter = value;
    } else if (argument == "--rounds") {
      const auto rounds = pinfold::parse_number<unsigned>(value);
      if (!rounds || *rounds == 0) return usage();
      options.rounds = *rounds;
    } else {
      return usage();
    }
  }
  // What is measured writes a journal.
  const pinfold::test::OwnState state;
  if (!state.missing().empty()) {
    std::fprintf(stderr, "pinfold-bench: the journal stays on this machine, without %s\n",
                 state.missing().c_str());
  }
  Report report(options);
  measure_launch(report);
  measure_pin(report);
  measure_process(report);
  measure_cpuset(report);
  measure_machine(report);
  measure_model(report);
  measure_place(report);
  measure_sim(report);
  measure_trace(report);
  measure_history(report);
  report.print_summary();
  if (!json.empty() && !report.write_json(json)) return 1;
  return 0;
}

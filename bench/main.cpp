// pinfold-bench: Pinfold measured against its peers, as a table, as JSON and as a page.

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/file.h"
#include "base/replace_file.h"
#include "base/try.h"
#include "conditions.h"
#include "document/page.h"
#include "document/results_json.h"
#include "groups.h"
#include "support/own_state.h"

namespace pinfold::bench {
namespace {

constexpr const char* help = R"(Measure Pinfold against its peers.

Usage: pinfold-bench [--json FILE] [--document FOLDER] [--quick] [--filter TEXT] [--rounds N]
       pinfold-bench --document FOLDER --from FILE [--from FILE…]

Each row is two sides that take turns in one run; the ratio is ours to theirs, the median of
all rounds. "half of rounds" is where the middle half of them lay. Where theirs is 0 there is no
peer: what stands for the ratio is our time or count itself, in the unit beside it.

  --json FILE        the rows as JSON, too
  --document FOLDER  the rows as performance.md, with growth curves as SVG
  --from FILE        measure nothing, and take what --json has written; of a row that stands in
                     several files, the last one counts
  --quick            a tenth of the rounds, to see that it works
  --filter TEXT      only rows whose name contains TEXT
  --rounds N         so many rounds for every row
)";

Run measure_all(const Options& options) {
  // What is measured writes a journal.
  const test::OwnState state;
  if (!state.missing().empty()) {
    std::fprintf(stderr, "pinfold-bench: the journal stays on this machine, without %s\n",
                 state.missing().c_str());
  }
  const Watch watch(options);
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
  return {.conditions = watch.conditions(), .lines = report.lines(), .skipped = report.skipped()};
}

Result<std::vector<Run>> read_runs(const std::vector<std::string>& files) {
  std::vector<Run> runs;
  for (const std::string& file : files) {
    TRY(const std::string text, read_file(file.c_str()));
    auto run = parse_run(text);
    if (!run) {
      run.error().text = file;
      return fail(std::move(run).error());
    }
    runs.push_back(std::move(*run));
  }
  return runs;
}

Result<void> run(const Arguments& arguments) {
  // Told before everything is measured.
  if (!arguments.document.empty()) CHECK_OK(file_id((arguments.document + "/.").c_str()));
  std::vector<Run> runs;
  if (arguments.from.empty()) {
    runs.push_back(measure_all(arguments.options));
    if (!arguments.json.empty()) CHECK_OK(replace_file(arguments.json, to_json(runs.front())));
  } else {
    TRY(runs, read_runs(arguments.from));
  }
  if (arguments.document.empty()) return {};
  return write_page(merge(runs), arguments.document);
}

}  // namespace
}  // namespace pinfold::bench

int main(int argc, char** argv) {
  using namespace pinfold::bench;
  const auto arguments =
      parse_arguments(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!arguments) {
    std::fprintf(stderr, "pinfold-bench: %s\n  --help lists the options\n",
                 arguments.error().c_str());
    return 2;
  }
  if (arguments->help) {
    std::fputs(help, stdout);
    return 0;
  }
  if (const auto done = run(*arguments); !done) {
    std::fprintf(stderr, "pinfold-bench: %s\n", pinfold::message(done.error()).c_str());
    return 1;
  }
  return 0;
}

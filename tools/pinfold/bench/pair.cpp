// bench pair: two processes with the same work, on CPUs that share more or less.

#include "measure/pair.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "bench/instruments.h"
#include "bench/pair_text.h"
#include "bench/pairs.h"
#include "bench/refusal.h"
#include "commands.h"
#include "console.h"
#include "options.h"
#include "progress.h"
#include "report.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"help(Measure what two processes with the same work pay for sharing.

Usage: pinfold bench pair [OPTIONS]

The example of sched_setaffinity(2) as an instrument: a parent and a child, each pinned to its CPU,
begin together and make the same number of system calls. There is a row for each kind of sharing
that this machine has: same CPU, SMT siblings, same L2, same L3, same node, same package, other
package. Rounds go over all rows in random order; a number is their median, with the middle half.

A row has no number, and a reason, where a process was not where it was put, others used the CPUs or
their SMT siblings, or a limit, heat or the host of a virtual machine stopped them.

Options:
  --on PLACE     which CPUs: 0-3,8  node:0  all,~isolated (man pinfold, PLACES)
                 without it, those that pinfold was given
  --parent CPU   this pair alone
  --child CPU
  --rounds N     how often each row is measured (20)
  --calls N      system calls of each process; without it as many as take one 20 ms
  --json         one JSON object on stdout
  --color WHEN   auto, always, never
  -h, --help     this text

Exit: 0, 1 if no row has a number, 2 usage.

Examples:
  pinfold bench pair
  pinfold bench pair --on node:0 --rounds 50
  pinfold bench pair --parent 0 --child 3
)help";

struct Wanted {
  std::optional<std::string> on;
  std::optional<std::string> parent;
  std::optional<std::string> child;
  measure::PairOptions pair;
  bool json = false;
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

template <class Number>
Result<void> read_count(const char* name, const std::optional<std::string>& text, Number& count) {
  if (!text) return {};
  constexpr Number most = 1'000'000'000;
  const auto number = parse_number<Number>(*text);
  if (!number || *number == 0 || *number > most)
    return usage(std::string(name) + " takes a number from 1 to 1000000000, not " + *text);
  count = *number;
  return {};
}

Result<Wanted> read(Options& options, char** argv) {
  Wanted wanted;
  std::optional<std::string> rounds;
  std::optional<std::string> calls;
  options.value("--on", wanted.on);
  options.value("--parent", wanted.parent);
  options.value("--child", wanted.child);
  options.value("--rounds", rounds);
  options.value("--calls", calls);
  options.flag("--json", wanted.json);
  CHECK_OK(options.read(argv + 1, Options::After::anything));
  if (options.help()) return wanted;
  if (!options.arguments().empty()) return usage("it takes no arguments: --on names the CPUs");
  if (wanted.parent.has_value() != wanted.child.has_value())
    return usage("--parent and --child go together");
  if (wanted.on && wanted.parent) return usage("--on and --parent exclude each other");
  CHECK_OK(read_count("--rounds", rounds, wanted.pair.rounds));
  CHECK_OK(read_count("--calls", calls, wanted.pair.calls));
  return wanted;
}

int measure_and_print(Wanted& wanted) {
  const auto found = find_pairs(wanted.on, wanted.parent, wanted.child);
  if (!found) return refuse(found.error(), "pair", "rows", wanted.json);
  const Ground& ground = found->ground;
  measure::ForkedPair runner;
  wanted.pair.seed = std::random_device()();
  auto report = [&] {
    Progress progress("pair", wanted.pair.rounds, "rounds");
    wanted.pair.on_step = [&](std::size_t done, std::size_t of) { progress.at(done, of); };
    return measure::measure_pairs(ground.machine, found->pairs, runner,
                                  measure::Surroundings::host(), wanted.pair);
  }();
  if (!report) return refuse(report.error(), "pair", "rows", wanted.json);
  for (const measure::Doubt& doubt : report->doubts)
    print_note(doubt.text);
  if (wanted.json) {
    std::puts(pair_json(ground.machine, *report).dump().c_str());
  } else {
    std::fputs(pair_text(ground.machine, *report).c_str(), stdout);
    const std::string missing = missing_text(found->pairs);
    if (!wanted.parent && !missing.empty())
      print_note("among CPUs " + to_cpu_list(ground.cpus) + " there is no pair of: " + missing);
  }
  const bool any = std::ranges::any_of(
      report->rows, [](const measure::PairRow& row) { return row.numbers.has_value(); });
  if (any) return exit_done;
  print_error("no row has a number");
  return exit_failed;
}

}  // namespace

int bench_pair(int /*argc*/, char** argv) {
  Options options("bench pair");
  auto wanted = read(options, argv);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (!wanted) {
    options.print_usage_error(wanted.error());
    return exit_usage;
  }
  return measure_and_print(*wanted);
}

}  // namespace pinfold::tool

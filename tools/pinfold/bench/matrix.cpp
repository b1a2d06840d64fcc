// bench matrix: latency from core to core.

#include <sys/resource.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <pinfold/cpu_list.h>

#include "base/file.h"
#include "base/number.h"
#include "base/replace_file.h"
#include "base/try.h"
#include "bench/heatmap.h"
#include "bench/instruments.h"
#include "bench/matrix_json.h"
#include "bench/matrix_report.h"
#include "bench/matrix_text.h"
#include "bench/refusal.h"
#include "commands.h"
#include "console.h"
#include "ground.h"
#include "measure/host_ping_pong.h"
#include "measure/this_thread.h"
#include "options.h"
#include "progress.h"
#include "report.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"help(Measure the latency from core to core, for every pair.

Usage: pinfold bench matrix [OPTIONS]

Two threads, each pinned to its CPU, write one cache line in turn, each as soon as it sees what the
other has written. The number is half a round trip in nanoseconds: how long after one core has
written the other knows. The line's memory is new in each sample, and near the first of the two
CPUs. Every pair is measured several times, in random order; the number is the median.

A pair has no number, and a reason, where a pin did not take effect (mask and CPU are read before
and after each sample), other tasks ran there in too many samples, or the samples lie too far
apart.

Options:
  --on PLACE       which CPUs: 0-3,8  node:0  all,~smt (man pinfold, PLACES)
                   without it, all that pinfold was given
  --rounds N       round trips in a sample (1000)
  --samples N      samples of each pair, 3 or more; without it 51, and fewer where there are many
                   pairs: 7 for 128 CPUs, which take about a minute
  --svg FILE       a heatmap, written to FILE (- is stdout)
  --csv FILE       a line for each pair, written to FILE (- is stdout)
  --json           one JSON object on stdout
  --from FILE      measure nothing: show what --json once wrote, here or elsewhere
  --color WHEN     auto, always, never
  -h, --help       this text

Exit: 0, 1 if no pair has a number, 2 usage.

Examples:
  pinfold bench matrix
  pinfold bench matrix --on all,~smt --svg matrix.svg
  pinfold bench matrix --json > server.json
  pinfold bench matrix --from server.json --svg -
)help";

struct Wanted {
  GroundWish ground = {.on = {}, .parts = MachineParts::all(), .who = "a measurement"};
  measure::MatrixOptions matrix = {};
  std::optional<std::string> svg;
  std::optional<std::string> csv;
  std::optional<std::string> from;
  bool json = false;
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<unsigned> read_count(const char* option, const std::string& text, unsigned least,
                            unsigned most) {
  const auto number = parse_number<unsigned>(text);
  if (!number || *number < least || *number > most) {
    return usage(std::string(option) + " is a number from " + std::to_string(least) + " to " +
                 std::to_string(most));
  }
  return *number;
}

Result<void> check(const Wanted& wanted, const Options& options, bool counts) {
  if (!options.arguments().empty()) return usage("it takes no arguments: --on names the CPUs");
  const int on_stdout =
      (wanted.json ? 1 : 0) + (wanted.svg == "-" ? 1 : 0) + (wanted.csv == "-" ? 1 : 0);
  if (on_stdout > 1) return usage("only one of --json, --svg and --csv can go to stdout");
  if (wanted.svg == "" || wanted.csv == "") return usage("--svg and --csv need the name of a file");
  if (wanted.from && (wanted.ground.on || counts))
    return usage("--from measures nothing: it does not go with --on, --rounds and --samples");
  return {};
}

Result<Wanted> read(Options& options, char** argv) {
  Wanted wanted;
  std::optional<std::string> rounds;
  std::optional<std::string> samples;
  options.value("--on", wanted.ground.on);
  options.value("--rounds", rounds);
  options.value("--samples", samples);
  options.value("--svg", wanted.svg);
  options.value("--csv", wanted.csv);
  options.value("--from", wanted.from);
  options.flag("--json", wanted.json);
  CHECK_OK(options.read(argv + 1, Options::After::anything));
  if (options.help()) return wanted;
  CHECK_OK(check(wanted, options, rounds || samples));
  if (rounds) {
    TRY(wanted.matrix.rounds, read_count("--rounds", *rounds, 1, 1'000'000));
  }
  if (samples) {
    TRY(wanted.matrix.samples, read_count("--samples", *samples, measure::fewest_samples, 10'000));
  }
  return wanted;
}

std::uint64_t work_of_all_threads() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_usec) * 1'000;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

Result<MatrixReport> measure_here(const Wanted& wanted) {
  TRY(Ground ground, find_ground(wanted.ground));
  std::vector<CpuId> cpus = measure::in_order(ground.machine, ground.cpus);
  if (cpus.size() < 2) {
    return fail(
        {.kind = ErrorKind::unsupported,
         .text = "a matrix",
         .reason = "it takes two CPUs, and there is CPU " + to_cpu_list(ground.cpus) + " only"});
  }
  const std::size_t pairs = cpus.size() * (cpus.size() - 1) / 2;
  measure::MatrixOptions options = wanted.matrix;
  if (options.samples == 0) options.samples = measure::samples_for(pairs);
  TRY(const measure::Counters before, measure::read_counters(ground.cpus));
  const std::uint64_t work = work_of_all_threads();
  const std::uint64_t began = measure::monotonic_ns();
  measure::HostPingPong instrument;
  Progress progress(std::to_string(pairs) + (pairs == 1 ? " pair" : " pairs"),
                    pairs * options.samples, "samples");
  measure::Matrix matrix =
      measure_matrix(instrument, std::move(cpus), options,
                     [&](std::size_t done, std::size_t of) { progress.at(done, of); });
  const std::uint64_t took = measure::monotonic_ns() - began;
  TRY(const measure::Counters after, measure::read_counters(ground.cpus));
  MatrixReport report{
      .machine = std::move(ground.machine),
      .matrix = std::move(matrix),
      .rounds = options.rounds,
      .samples = options.samples,
      .doubts = doubts_between(before, after, ground.cpus, work_of_all_threads() - work, took)};
  // Each pair was judged by its own samples; these are about the whole time.
  for (measure::Doubt& doubt : report.doubts)
    doubt.spoils = false;
  if (measure::is_virtual()) {
    report.doubts.push_back({.kind = measure::Doubt::Kind::virtual_,
                             .spoils = false,
                             .text =
                                 "this is a virtual machine: which CPUs share a core or a cache "
                                 "is what its host says, and may change"});
  }
  return report;
}

Result<MatrixReport> find_report(const Wanted& wanted) {
  if (!wanted.from) return measure_here(wanted);
  TRY(const std::string json, read_file(wanted.from->c_str()));
  auto report = parse_matrix(json);
  if (!report) {
    Error error = std::move(report).error();
    error.text = *wanted.from;
    return fail(std::move(error));
  }
  return report;
}

Result<void> write(const std::string& text, const std::string& file) {
  if (file != "-") return replace_file(file, text);
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return {};
  return fail({.kind = ErrorKind::system, .number = errno, .text = "the output"});
}

Result<void> show(const Wanted& wanted, const MatrixReport& report) {
  if (wanted.svg) CHECK_OK(write(heatmap(report), *wanted.svg));
  if (wanted.csv) CHECK_OK(write(matrix_csv(report), *wanted.csv));
  if (wanted.svg == "-" || wanted.csv == "-") return {};
  return write(wanted.json ? matrix_json(report) : matrix_text(report), "-");
}

}  // namespace

int bench_matrix(int /*argc*/, char** argv) {
  Options options("bench matrix");
  const auto wanted = read(options, argv);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (!wanted) {
    options.print_usage_error(wanted.error());
    return exit_usage;
  }
  const auto report = find_report(*wanted);
  if (!report) return refuse(report.error(), "matrix", "pairs", wanted->json);
  if (const auto shown = show(*wanted, *report); !shown)
    return refuse(shown.error(), "matrix", "pairs", false);
  if (report->matrix.measured() > 0) return exit_done;
  print_error("no pair has a number");
  return exit_failed;
}

}  // namespace pinfold::tool

// bench noise: how quiet a CPU is.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "bench/instruments.h"
#include "bench/noise_text.h"
#include "bench/refusal.h"
#include "commands.h"
#include "console.h"
#include "ground.h"
#include "measure/matrix.h"
#include "options.h"
#include "progress.h"
#include "report.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"help(Measure how quiet a CPU is: what a thread on it sees that does nothing but read the clock.

Usage: pinfold bench noise [OPTIONS]

One CPU after the other. Where two readings lie further apart than the threshold, the CPU was not
the thread's: an interrupt, another task, or, in a virtual machine, its host. Told are how many
gaps there were, the largest, the share of the time lost in them, how much of that other tasks had,
and which interrupts came. A CPU on which the pin did not take effect (mask and CPU are read before
and after), that a CPU limit or heat has throttled, or whose clock is too slow for the threshold, has
no number and a reason.

An ordinary CPU and one that is this command's alone:
  pinfold bench noise --on 3
  sh -c 'pinfold dedicate 3 $$ && pinfold bench noise --on 3; pinfold undo'

Options:
  --on PLACE       which CPUs: 0-3,8  isolated  node:0 (man pinfold, PLACES)
                   without it, what pinfold was given, and of that the first 8
  --seconds S      for each CPU (1; 0.01 to 3600)
  --threshold NS   no gap is what is not longer, in nanoseconds (1000)
  --json           one JSON object on stdout
  --color WHEN     auto, always, never
  -h, --help       this text

Exit: 0, 1 if no CPU has numbers, 2 usage.

Example:
  pinfold bench noise --on 2-3 --seconds 10
)help";

struct Wanted {
  GroundWish ground = {.on = {}, .parts = MachineParts::all(), .who = "a measurement"};
  measure::GapOptions gaps = {};
  bool json = false;
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<std::uint64_t> read_seconds(std::string_view text) {
  constexpr double least = 0.01;
  constexpr double most = 3600;
  double seconds = 0;
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  const bool is_whole = status == std::errc() && end == text.data() + text.size();
  const bool is_within = seconds >= least && seconds <= most;
  if (is_whole && is_within) return static_cast<std::uint64_t>(seconds * 1e9);
  return usage("--seconds is a number from 0.01 to 3600");
}

Result<Wanted> read(Options& options, char** argv) {
  Wanted wanted;
  std::optional<std::string> seconds;
  std::optional<std::string> threshold;
  options.value("--on", wanted.ground.on);
  options.value("--seconds", seconds);
  options.value("--threshold", threshold);
  options.flag("--json", wanted.json);
  CHECK_OK(options.read(argv + 1, Options::After::anything));
  if (options.help()) return wanted;
  if (!options.arguments().empty()) return usage("it takes no arguments: --on names the CPUs");
  if (seconds) {
    TRY(wanted.gaps.duration_ns, read_seconds(*seconds));
  }
  if (threshold) {
    constexpr std::uint64_t most = 1'000'000'000;
    const auto number = parse_number<std::uint64_t>(*threshold);
    if (!number || *number == 0 || *number > most)
      return usage("--threshold is a number of nanoseconds from 1 to 1000000000");
    wanted.gaps.threshold_ns = *number;
  }
  return wanted;
}

// Nobody who has named no CPUs waits for a minute.
std::vector<CpuId> choose(const Ground& ground, bool is_named) {
  constexpr std::size_t most = 8;
  std::vector<CpuId> cpus;
  for (const CpuId cpu : ground.cpus)
    cpus.push_back(cpu);
  if (is_named || cpus.size() <= most) return cpus;
  const std::size_t all = cpus.size();
  cpus.resize(most);
  CpuSet chosen;
  for (const CpuId cpu : cpus)
    chosen.add(cpu);
  print_note("only " + to_cpu_list(chosen) + " of " + std::to_string(all) +
             " CPUs: --on names others, or all");
  return cpus;
}

Result<NoiseReport> listen(const Wanted& wanted) {
  TRY(const Ground ground, find_ground(wanted.ground));
  const std::vector<CpuId> cpus = choose(ground, wanted.ground.on.has_value());
  NoiseReport report{.isolated = ground.machine.isolated(),
                     .nohz_full = ground.machine.nohz_full(),
                     .options = wanted.gaps};
  measure::HostListener listener;
  Progress progress("noise", cpus.size(), cpus.size() == 1 ? "CPU" : "CPUs");
  for (const CpuId cpu : cpus) {
    progress.at(report.cpus.size(), cpus.size());
    report.cpus.push_back(measure_noise(listener, cpu, wanted.gaps));
  }
  if (measure::is_virtual()) {
    report.doubts.push_back({.kind = measure::Doubt::Kind::virtual_,
                             .spoils = false,
                             .text = "this is a virtual machine: in some of the gaps its host had "
                                     "the CPU, and what it stole it need not tell"});
  }
  return report;
}

}  // namespace

int bench_noise(int /*argc*/, char** argv) {
  Options options("bench noise");
  const auto wanted = read(options, argv);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (!wanted) {
    options.print_usage_error(wanted.error());
    return exit_usage;
  }
  const auto report = listen(*wanted);
  if (!report) return refuse(report.error(), "noise", "cpus", wanted->json);
  std::fputs((wanted->json ? noise_json(*report) : noise_text(*report)).c_str(), stdout);
  const bool any = std::ranges::any_of(
      report->cpus, [](const measure::Noise& noise) { return noise.heard.has_value(); });
  if (any) return exit_done;
  print_error("no CPU has numbers");
  return exit_failed;
}

}  // namespace pinfold::tool

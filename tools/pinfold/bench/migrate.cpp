// bench migrate: what a thread pays for being moved.

#include "measure/migrate.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/number.h"
#include "base/try.h"
#include "bench/instruments.h"
#include "bench/migrate_text.h"
#include "bench/pairs.h"
#include "bench/refusal.h"
#include "commands.h"
#include "console.h"
#include "options.h"
#include "progress.h"
#include "report.h"
#include "size_text.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"help(Measure what a thread pays for being moved away from its warm cache.

Usage: pinfold bench migrate [OPTIONS]

A thread walks over its working set, cache line by cache line in random order, reading and writing,
until it is warm. It is told to stay, and walks once; it is moved to another CPU, and walks once. What
the second walk takes longer is the cost, beside that of the call that moves. There is a table for each
kind of sharing between the two CPUs that this machine has, with a line for each size. Rounds go over
all of them in random order; a number is their median, with the middle half.

A line has no number, and a reason, where the thread was not where it was put, others used the CPUs
or their SMT siblings, or a limit, heat or the host of a virtual machine stopped them.

Options:
  --on PLACE     which CPUs: 0-3,8  node:0  all,~isolated (man pinfold, PLACES)
                 without it, those that pinfold was given
  --from CPU     this pair alone
  --to CPU
  --sizes LIST   working sets (32K,128K,512K,2M,8M,32M,64M)
  --rounds N     how often each is measured (11)
  --json         one JSON object on stdout
  --color WHEN   auto, always, never
  -h, --help     this text

Exit: 0, 1 if there is no number at all, 2 usage.

Examples:
  pinfold bench migrate
  pinfold bench migrate --from 0 --to 8 --sizes 1M,32M
)help";

struct Wanted {
  std::optional<std::string> on;
  std::optional<std::string> from;
  std::optional<std::string> to;
  measure::MigrateOptions migrate;
  bool json = false;
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

// Nothing for what is no size, or none that is measured.
std::optional<std::size_t> read_size(std::string_view text) {
  constexpr std::uint64_t most = std::uint64_t{1} << 30U;
  const auto bytes = parse_size(text);
  if (!bytes || *bytes < measure::WorkingSet::line || *bytes > most) return std::nullopt;
  return bytes;
}

Result<std::vector<std::size_t>> read_sizes(std::string_view text) {
  std::vector<std::size_t> sizes;
  while (true) {
    const std::string_view word = text.substr(0, text.find(','));
    const auto size = read_size(word);
    if (!size) {
      return usage("--sizes takes sizes from 64 to 1024M, as 32K,64M, not \"" + std::string(word) +
                   '"');
    }
    sizes.push_back(*size);
    if (word.size() == text.size()) return sizes;
    text.remove_prefix(word.size() + 1);
  }
}

Result<Wanted> read(Options& options, char** argv) {
  Wanted wanted;
  std::optional<std::string> rounds;
  std::optional<std::string> sizes;
  options.value("--on", wanted.on);
  options.value("--from", wanted.from);
  options.value("--to", wanted.to);
  options.value("--sizes", sizes);
  options.value("--rounds", rounds);
  options.flag("--json", wanted.json);
  CHECK_OK(options.read(argv + 1, Options::After::anything));
  if (options.help()) return wanted;
  if (!options.arguments().empty()) return usage("it takes no arguments: --on names the CPUs");
  if (wanted.from.has_value() != wanted.to.has_value()) return usage("--from and --to go together");
  if (wanted.on && wanted.from) return usage("--on and --from exclude each other");
  if (wanted.from && wanted.from == wanted.to) return usage("--from and --to are two CPUs");
  TRY(wanted.migrate.sizes, read_sizes(sizes.value_or("32K,128K,512K,2M,8M,32M,64M")));
  if (rounds) {
    constexpr unsigned most = 1'000'000;
    const auto number = parse_number<unsigned>(*rounds);
    if (!number || *number == 0 || *number > most)
      return usage("--rounds takes a number from 1 to 1000000, not " + *rounds);
    wanted.migrate.rounds = *number;
  }
  return wanted;
}

bool has_number(const measure::MigrateRow& row) {
  return row.call || std::ranges::any_of(row.walks, [](const measure::WalkRow& walk) {
           return walk.numbers.has_value();
         });
}

int measure_and_print(Wanted& wanted) {
  const auto found = find_pairs(wanted.on, wanted.from, wanted.to);
  if (!found) return refuse(found.error(), "migrate", "rows", wanted.json);
  const Ground& ground = found->ground;
  if (ground.cpus.count() < 2) {
    return refuse(
        {.kind = ErrorKind::unsupported,
         .text = "bench migrate",
         .reason = "there is no other CPU than " + to_cpu_list(ground.cpus) + " to move to"},
        "migrate", "rows", wanted.json);
  }
  measure::ThreadMover mover;
  wanted.migrate.seed = std::random_device()();
  const auto report = [&] {
    Progress progress("migrate", wanted.migrate.rounds, "rounds");
    wanted.migrate.on_step = [&](std::size_t done, std::size_t of) { progress.at(done, of); };
    return measure::measure_migrations(ground.machine, found->pairs, mover,
                                       measure::Surroundings::host(), wanted.migrate);
  }();
  for (const measure::Doubt& doubt : report.doubts)
    print_note(doubt.text);
  if (wanted.json) {
    std::puts(migrate_json(report).dump().c_str());
  } else {
    std::fputs(migrate_text(report).c_str(), stdout);
  }
  if (std::ranges::any_of(report.rows, has_number)) return exit_done;
  print_error("nothing could be measured");
  return exit_failed;
}

}  // namespace

int bench_migrate(int /*argc*/, char** argv) {
  Options options("bench migrate");
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

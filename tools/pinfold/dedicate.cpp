// dedicate: CPUs for one target alone.

#include "pin/dedicate.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
#include "journal_text.h"
#include "options.h"
#include "pin/recorder.h"
#include "pin/selection.h"
#include "place/place.h"
#include "report.h"
#include "wish.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Give CPUs to one target alone, and take everybody else off them.

Usage: pinfold dedicate [OPTIONS] PLACE TARGET…

Every other thread of the system loses these CPUs, that of pid 1 too, so that what starts later
keeps off. It is looked for until a whole pass over all threads finds nobody, for a second at
most. Threads that may run there and nowhere else are left and listed; so are kernel threads.
pinfold undo puts everybody back.

  PLACE           where: 0-3,8  node:0  l3:0-1  all,~smt (man pinfold, PLACES)
  TARGET          1234, tid:1240, comm:nginx, exe:/usr/bin/x, user:bob, cgroup:/x.slice

Options:
  --evict         threads that may run nowhere else get the rest of their cpuset
  --kthreads      kernel threads too, where the kernel lets their mask be set
  --clip          drop CPUs that cannot be used, instead of an error
  --dry-run       check, and say what would be done
  --json          one JSON object on stdout
  -v, --verbose   a line for each process that is taken off, and each thread that stays
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold dedicate 3 tid:1240
  pinfold dedicate core:2-3 comm:trader
)";

struct Wanted {
  std::string command;
  std::vector<std::string> targets;
  bool evict = false;
  bool kthreads = false;
  bool clip = false;
  bool dry_run = false;
  bool json = false;
  bool verbose = false;
};

// The target, now and as others come to match it.
class TargetList {
 public:
  TargetList(Kernel& kernel, std::vector<Selector> selectors, const Wish& wish)
      : kernel_(kernel), selection_(kernel, std::move(selectors)), wish_(wish) {}

  Result<std::vector<Assignment>> first() {
    std::vector<Found> found;
    TRY(const Pass pass, selection_.pass(found));
    if (!pass.unmatched.empty()) return fail(Error(pass.unmatched.front()));
    print_hidden(pass.hidden);
    std::vector<Assignment> assignments;
    for (const Found& one : found) {
      auto prepared = prepare(kernel_, one.target, wish_);
      if (prepared) {
        assignments.push_back(std::move(*prepared));
      } else if (one.by_number() || prepared.error().kind != ErrorKind::no_such_task) {
        return fail(std::move(prepared).error());
      }
    }
    return assignments;
  }

  Result<std::vector<Assignment>> newcomers() {
    std::vector<Assignment> assignments;
    if (!selection_.can_grow()) return assignments;
    std::vector<Found> found;
    TRY(const Pass pass, selection_.pass(found));
    for (const Found& one : found) {
      auto prepared = prepare(kernel_, one.target, wish_);
      if (prepared) assignments.push_back(std::move(*prepared));
    }
    return assignments;
  }

 private:
  Kernel& kernel_;
  Selection selection_;
  const Wish& wish_;
};

const char* verb(bool dry_run) { return dry_run ? " would be taken off " : " taken off "; }

void print_others(const Dedication& dedication, const Wanted& wanted) {
  std::set<Tid> threads;
  std::set<Pid> pids;
  for (const ProcessPlacement& placement : dedication.others) {
    for (const ThreadPlacement& thread : placement.threads) {
      if (thread.outcome == Outcome::failed) continue;
      threads.insert(thread.tid);
      pids.insert(placement.pid);
    }
    if (wanted.verbose && !wanted.dry_run) print_placement(placement, false);
  }
  if (threads.empty()) {
    std::printf("nobody else could run on %s\n", to_cpu_list(dedication.cpus).c_str());
    return;
  }
  std::printf("%s of %s%s%s\n", threads_text(threads.size()).c_str(),
              processes_text(pids.size()).c_str(), verb(wanted.dry_run),
              to_cpu_list(dedication.cpus).c_str());
}

// "migration/3 (25), ksoftirqd/3 (26)"; the rest as a number, unless all are wanted.
void print_names(const std::vector<Staying>& threads, bool all, bool with_cpus) {
  constexpr std::size_t most = 8;
  constexpr std::size_t width = 78;
  const std::size_t shown = all ? threads.size() : std::min(threads.size(), most);
  std::string line = "  ";
  for (std::size_t i = 0; i < shown; ++i) {
    std::string name = task_label(threads[i].task);
    if (with_cpus) name += " on " + to_cpu_list(threads[i].cpus);
    if (i + 1 < threads.size()) name += ',';
    if (line.size() > 2 && line.size() + 1 + name.size() > width) {
      std::printf("%s\n", line.c_str());
      line = "  ";
    }
    if (line.size() > 2) line += ' ';
    line += name;
  }
  std::printf("%s\n", line.c_str());
  if (shown < threads.size()) std::printf("  and %zu more (-v)\n", threads.size() - shown);
}

void print_kernel_threads(const std::vector<Staying>& threads, const Wanted& wanted) {
  std::vector<Staying> bound;
  std::vector<Staying> movable;
  for (const Staying& thread : threads)
    (thread.task.bound_by_kernel ? bound : movable).push_back(thread);
  if (!bound.empty()) {
    std::printf("%zu kernel %s there, bound by the kernel:\n", bound.size(),
                bound.size() == 1 ? "thread stays" : "threads stay");
    print_names(bound, wanted.verbose, false);
  }
  if (!movable.empty()) {
    std::printf("%zu kernel %s there that%s moved:\n", movable.size(),
                movable.size() == 1 ? "thread may run" : "threads may run",
                wanted.kthreads ? " could not be" : " --kthreads would have");
    print_names(movable, wanted.verbose, false);
  }
}

void print_text(const Dedication& dedication, const Wanted& wanted) {
  for (const ProcessPlacement& placement : dedication.target)
    print_placement(placement, wanted.verbose);
  if (wanted.dry_run || !dedication.target.empty()) print_others(dedication, wanted);
  if (!dedication.inside.empty()) {
    const std::size_t count = dedication.inside.size();
    std::printf(
        "%s there and nowhere else, and %s%s:\n",
        (std::to_string(count) + (count == 1 ? " thread may run" : " threads may run")).c_str(),
        count == 1 ? "was left" : "were left", wanted.evict ? "" : " (--evict moves such)");
    print_names(dedication.inside, wanted.verbose, true);
  }
  print_kernel_threads(dedication.kernel_threads, wanted);
  std::fflush(stdout);
}

void print_failures(const Dedication& dedication, const Wanted& wanted) {
  std::set<std::string> told;
  for (const auto* placements : {&dedication.target, &dedication.others}) {
    if (wanted.dry_run) break;
    for (const ProcessPlacement& placement : *placements)
      print_problems(placement, told);
  }
  if (dedication.settled || dedication.target.empty() || wanted.dry_run) return;
  if (dedication.came_again.empty()) {
    print_error("processes started and ended too fast to see that nobody else may run there");
    return;
  }
  print_error("others still came when time was over: " +
              threads_text(dedication.came_again.size()));
  for (const Staying& thread : dedication.came_again)
    print_hint(task_label(thread.task) + " on " + to_cpu_list(thread.cpus));
}

Json staying_json(const std::vector<Staying>& threads) {
  Json json = Json::array();
  for (const Staying& thread : threads) {
    json.push_back({{"pid", thread.task.pid.value()},
                    {"tid", thread.task.tid.value()},
                    {"name", safe_text(thread.task.name)},
                    {"effective", to_cpu_list(thread.cpus)}});
  }
  return json;
}

void print_json(Kernel& kernel, const Dedication& dedication, const Wanted& wanted, bool done) {
  std::vector<ProcessPlacement> all = dedication.target;
  all.insert(all.end(), dedication.others.begin(), dedication.others.end());
  Json json = placements_json(kernel, all, done);
  if (wanted.dry_run) json["dry_run"] = true;
  json["cpus"] = to_cpu_list(dedication.cpus);
  json["inside"] = staying_json(dedication.inside);
  json["kernel_threads"] = staying_json(dedication.kernel_threads);
  json["came_again"] =
      staying_json(wanted.dry_run ? std::vector<Staying>() : dedication.came_again);
  std::puts(json.dump().c_str());
}

// clang-tidy 19 takes all of these variables for unchanged, those too that are moved from.
// NOLINTBEGIN(misc-const-correctness)
Result<Dedication> carry_out(Kernel& kernel, const Wanted& wanted, const Place& place,
                             const Machine& machine) {
  TRY(std::vector<Selector> selectors, parse_selectors(wanted.targets));
  const Wish wish = make_wish(place, machine, wanted.clip ? Clip::yes : Clip::no);
  TargetList targets(kernel, std::move(selectors), wish);
  TRY(std::vector<Assignment> first, targets.first());
  std::set<std::string> told;
  for (const Assignment& assignment : first) {
    for (const Error& reason : assignment.dropped) {
      if (told.insert(message(reason)).second) print_dropped(reason);
    }
  }
  DedicateOptions options{
      .evict = wanted.evict ? Evict::yes : Evict::no,
      .kernel_threads = wanted.kthreads ? KernelThreads::move : KernelThreads::leave,
      .dry_run = wanted.dry_run ? DryRun::yes : DryRun::no};
  Recorder recorder(kernel, ChangeKind::dedicate, wanted.command);
  options.apply.record = std::ref(recorder);
  options.newcomers = [&] { return targets.newcomers(); };
  auto dedication = dedicate(kernel, std::move(first), options);
  print_no_undo(recorder);
  return dedication;
}
// NOLINTEND(misc-const-correctness)

int dedicate_and_report(const Wanted& wanted, const Place& place, const Machine& machine) {
  const auto dedication = carry_out(host_kernel(), wanted, place, machine);
  if (!dedication) return refuse(host_kernel(), dedication.error(), wanted.json);
  const bool done = dedication->done() && !wanted.dry_run;
  if (wanted.json) {
    print_json(host_kernel(), *dedication, wanted, done);
  } else {
    print_text(*dedication, wanted);
  }
  print_failures(*dedication, wanted);
  return done || wanted.dry_run ? exit_done : exit_failed;
}

}  // namespace

int dedicate_command(int /*argc*/, char** argv) {
  Wanted wanted;
  wanted.command = command_text(argv);
  Options options("dedicate");
  options.flag("--evict", wanted.evict);
  options.flag("--kthreads", wanted.kthreads);
  options.flag("--clip", wanted.clip);
  options.flag("--dry-run", wanted.dry_run);
  options.flag("--json", wanted.json);
  options.flag("--verbose", wanted.verbose, 'v');
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  wanted.targets = options.arguments();
  if (read) read = check_place_and_targets(wanted.targets);
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  const auto where = take_place(wanted.targets);
  if (!where) return refuse(host_kernel(), where.error(), wanted.json);
  return dedicate_and_report(wanted, where->place, where->machine);
}

}  // namespace pinfold::tool

// plan: which CPUs each of N workers has.

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include <pinfold/cpu_list.h>
#include <pinfold/plan.h>

#include "base/closest.h"
#include "base/number.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "ground.h"
#include "options.h"
#include "plan/policy.h"
#include "policy_option.h"
#include "report.h"
#include "slots_text.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"help(Say which CPUs each of N workers has: N slots over a place.

Usage: pinfold plan [OPTIONS] N

Slots lie inside the place, have no CPU in common, and differ by one CPU at most. The same machine
and options give the same plan. Nothing is set.

Options:
  --on PLACE       where: 0-3,8  node:0  l3:0-1  all,~smt (man pinfold, PLACES)
                   without it, the CPUs that pinfold was given
  --policy POLICY  compact  the place cut into neighbouring pieces (without --policy)
                   spread   the same pieces, consecutive slots as far apart as can be
                   core     a core for each worker
                   l3, node, package   each slot within one of these
                   pu       a single CPU for each worker
  --machine M      another machine: a description ("pack:2 core:8 pu:2"), or a folder with a
                   copy of its /sys and /proc
  --clip           drop CPUs that cannot be used, instead of an error
  --share          more workers than there is room for: they have the same CPUs by turns
  --as FORM        list, mask (a line a slot), taskset (the same, as commands), omp, gomp
                   (variables for OpenMP), slurm (srun --cpu-bind)
  --json           one JSON object on stdout
  --color WHEN     auto, always, never
  -h, --help       this text

Examples:
  pinfold plan 4
  pinfold plan 8 --policy l3 --on all,~0
  eval "export $(pinfold plan 4 --as omp)" && ./solver
  srun $(pinfold plan 4 --policy core --as slurm) -n 4 ./rank
)help";

struct Wanted {
  PlanOptions plan;
  SlotsForm form = SlotsForm::table;
  // Smaller than a core is no policy's objects.
  GroundWish ground = {.on = {}, .parts = MachineParts().add_cpus(), .who = "a worker"};
};

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

Result<unsigned> read_workers(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return usage("the number of workers is missing");
  if (arguments.size() > 1) return usage("one number of workers is enough");
  const auto workers = parse_number<unsigned>(arguments.front());
  if (!workers) return usage('"' + arguments.front() + "\" is no number of workers");
  return *workers;
}

Result<Wanted> read(Options& options, char** argv) {
  Wanted wanted;
  bool clip = false;
  bool share = false;
  bool json = false;
  std::optional<std::string> policy;
  std::optional<std::string> machine;
  std::optional<std::string> form;
  options.value("--on", wanted.ground.on);
  options.value("--policy", policy);
  options.value("--machine", machine);
  options.flag("--clip", clip);
  options.flag("--share", share);
  options.value("--as", form);
  options.flag("--json", json);
  CHECK_OK(options.read(argv + 1, Options::After::anything));
  if (options.help()) return wanted;
  TRY(wanted.plan.workers, read_workers(options.arguments()));
  if (policy) {
    TRY(wanted.plan.policy, read_policy(*policy));
  }
  if (machine) wanted.ground.machine = *machine;
  wanted.ground.clip = clip ? Clip::yes : Clip::no;
  wanted.plan.share = share ? Share::yes : Share::no;
  if (json && form) return usage("--json and --as exclude each other");
  if (json) wanted.form = SlotsForm::json;
  if (form) {
    const auto known = slots_form_named(*form);
    if (!known) return unknown_word("form", *form, slots_forms);
    wanted.form = *known;
  }
  return wanted;
}

std::string cpus_text(const CpuSet& cpus) {
  return (cpus.count() == 1 ? "CPU " : "CPUs ") + to_cpu_list(cpus);
}

void tell_what_is_left_over(const Machine& machine, const PlanOptions& options,
                            const std::vector<CpuSet>& slots) {
  CpuSet rest = *options.place;
  if (const auto level = level_of(options.policy)) {
    CpuSet outside = rest;
    for (const Object& object : machine.objects(*level))
      outside -= object.cpus;
    if (!outside.empty()) {
      print_note("left out: " + cpus_text(outside) + ", which " +
                 (outside.count() == 1 ? "stands" : "stand") + " in no " + name(*level));
    }
    rest -= outside;
  }
  for (const CpuSet& slot : slots)
    rest -= slot;
  if (rest.empty()) return;
  print_note("left over: " + cpus_text(rest) + " (" + std::to_string(rest.count()) + " of " +
             std::to_string(options.place->count()) + ')');
}

void tell_what_gomp_does(const std::vector<CpuSet>& slots) {
  if (std::ranges::all_of(slots, [](const CpuSet& slot) { return slot.count() == 1; })) return;
  print_note(
      "libgomp reads one flat list and binds each thread to one CPU of it, in turn: "
      "--as omp keeps slots whole");
}

int refuse(const Wanted& wanted, const Error& error) {
  print_error(error);
  const bool smaller_slots_fit = error.kind == ErrorKind::no_room &&
                                 wanted.plan.policy == Policy::core && wanted.plan.place &&
                                 wanted.plan.workers <= wanted.plan.place->count();
  if (smaller_slots_fit) print_hint("--policy pu has a CPU for each");
  if (wanted.form == SlotsForm::json) {
    const Json json = {
        {"schema_version", 1}, {"slots", Json::array()}, {"error", error_json(&error)}};
    std::puts(json.dump().c_str());
  }
  return error.kind == ErrorKind::syntax ? exit_usage : exit_failed;
}

int print_plan(Wanted& wanted) {
  auto ground = find_ground(wanted.ground);
  if (!ground) return refuse(wanted, ground.error());
  const Machine& machine = ground->machine;
  wanted.plan.place = std::move(ground->cpus);
  const auto slots = plan(machine, wanted.plan);
  if (!slots) return refuse(wanted, slots.error());
  tell_what_is_left_over(machine, wanted.plan, *slots);
  if (wanted.form == SlotsForm::gomp) tell_what_gomp_does(*slots);
  std::fputs(slots_text(machine, *slots, wanted.form).c_str(), stdout);
  return exit_done;
}

}  // namespace

int plan_command(int /*argc*/, char** argv) {
  Options options("plan");
  auto wanted = read(options, argv);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (!wanted) {
    options.print_usage_error(wanted.error());
    return exit_usage;
  }
  return print_plan(*wanted);
}

}  // namespace pinfold::tool

#include "assign.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "commands.h"
#include "console.h"
#include "journal_text.h"
#include "pin/recorder.h"
#include "report.h"

namespace pinfold::tool {
namespace {

int refuse(Kernel& kernel, const AssignOptions& options, const Error& error, Exit exit) {
  print_error(error);
  if (options.json) {
    Json json = placements_json(kernel, {}, false);
    json["error"] = error_json(&error);
    std::puts(json.dump().c_str());
  }
  return exit;
}

Result<ProcessPlacement> as_it_is(Kernel& kernel, const Assignment& assignment) {
  ProcessPlacement placement{.pid = assignment.task.pid, .name = safe_text(assignment.task.name)};
  std::vector<Tid> tids = {assignment.task.tid};
  if (assignment.process) {
    auto listing = assignment.process->list();
    if (!listing) return fail(std::move(listing).error());
    tids = std::move(listing->threads);
  }
  for (const Tid tid : tids) {
    const auto effective = kernel.effective(tid);
    if (!effective) continue;
    placement.threads.push_back({.tid = tid,
                                 .asked = assignment.asked,
                                 .before = *effective,
                                 .allowed = *effective,
                                 .effective = *effective,
                                 .outcome = Outcome::skipped});
  }
  return placement;
}

void print_dry_run(const Assignment& assignment, const ProcessPlacement& placement) {
  std::string who = placement.name;
  if (assignment.process) {
    who += " (" + std::to_string(placement.pid.value()) + "), " +
           threads_text(placement.threads.size()) + ',';
  } else {
    who += " (tid:" + std::to_string(assignment.task.tid.value()) + ')';
  }
  std::string to = to_cpu_list(assignment.expected);
  if (assignment.expected != assignment.asked) to += " (of " + to_cpu_list(assignment.asked) + ')';
  std::printf("would set %s to %s\n", who.c_str(), to.c_str());
}

}  // namespace

void add_assign_options(Options& options, AssignOptions& wanted) {
  options.flag("--dry-run", wanted.dry_run);
  options.flag("--json", wanted.json);
  options.flag("--verbose", wanted.verbose, 'v');
}

int assign(Kernel& kernel, const AssignOptions& options,
           const std::function<Result<Assignment>(const Target&)>& prepare_one) {
  std::vector<Assignment> assignments;
  for (const std::string& text : options.targets) {
    const auto target = parse_target(text);
    if (!target) return refuse(kernel, options, target.error(), exit_usage);
    auto prepared = prepare_one(*target);
    if (!prepared) {
      const bool bad_text = prepared.error().kind == ErrorKind::syntax;
      return refuse(kernel, options, prepared.error(), bad_text ? exit_usage : exit_failed);
    }
    for (const Error& reason : prepared->dropped)
      print_dropped(reason);
    assignments.push_back(std::move(*prepared));
  }

  bool done = true;
  Recorder recorder(kernel, ChangeKind::set, options.command);
  const ApplyOptions apply_options{.record = std::ref(recorder)};
  std::vector<ProcessPlacement> placements;
  std::vector<Error> lost;
  for (const Assignment& assignment : assignments) {
    auto placed =
        options.dry_run ? as_it_is(kernel, assignment) : apply(kernel, assignment, apply_options);
    if (!placed) {
      print_error(placed.error());
      lost.push_back(std::move(placed).error());
      done = false;
      continue;
    }
    if (!options.dry_run) done &= placed->done();
    if (!options.json) {
      if (options.dry_run) {
        print_dry_run(assignment, *placed);
      } else {
        print_placement(*placed, options.verbose);
      }
    }
    if (!options.dry_run) print_problems(*placed);
    placements.push_back(std::move(*placed));
  }
  print_no_undo(recorder);
  if (options.json) {
    Json json = placements_json(kernel, placements, done && !options.dry_run);
    if (options.dry_run) json["dry_run"] = true;
    if (!lost.empty()) json["error"] = error_json(&lost.front());
    std::puts(json.dump().c_str());
  }
  return done ? exit_done : exit_failed;
}

}  // namespace pinfold::tool

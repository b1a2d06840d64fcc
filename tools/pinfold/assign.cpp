#include "assign.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "commands.h"
#include "console.h"
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
  ProcessPlacement placement{.pid = assignment.task.pid,
                             .name = safe_text(assignment.task.name),
                             .asked = assignment.asked,
                             .threads = {}};
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
                                 .before = *effective,
                                 .allowed = *effective,
                                 .effective = *effective,
                                 .outcome = Outcome::skipped,
                                 .error = {}});
  }
  return placement;
}

void print_dry_run(const ProcessPlacement& placement, bool one_thread) {
  std::printf(
      "would set %s (%s%d)%s to %s\n", placement.name.c_str(), one_thread ? "tid:" : "",
      one_thread ? placement.threads.front().tid.value() : placement.pid.value(),
      one_thread ? "" : (", " + std::to_string(placement.threads.size()) + " threads,").c_str(),
      to_cpu_list(placement.asked).c_str());
}

}  // namespace

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
    if (!prepared->dropped.empty()) {
      print_note(to_cpu_list(prepared->dropped) + " cannot be used by " +
                 task_label(prepared->task) + " and was dropped");
    }
    assignments.push_back(std::move(*prepared));
  }

  bool done = true;
  std::vector<ProcessPlacement> placements;
  std::vector<Error> lost;
  for (const Assignment& assignment : assignments) {
    auto placed = options.dry_run ? as_it_is(kernel, assignment) : apply(kernel, assignment);
    if (!placed) {
      print_error(placed.error());
      lost.push_back(std::move(placed).error());
      done = false;
      continue;
    }
    if (!options.dry_run) done &= placed->done();
    if (!options.json) {
      if (options.dry_run) {
        print_dry_run(*placed, assignment.process == nullptr);
      } else {
        print_placement(*placed, options.verbose);
      }
    }
    placements.push_back(std::move(*placed));
  }
  if (options.json) {
    Json json = placements_json(kernel, placements, done && !options.dry_run);
    if (options.dry_run) json["dry_run"] = true;
    if (!lost.empty()) json["error"] = error_json(&lost.front());
    std::puts(json.dump().c_str());
  }
  return done ? exit_done : exit_failed;
}

}  // namespace pinfold::tool

#include "assign.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include <pinfold/cpu_list.h>

#include "assign_report.h"
#include "base/file.h"
#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "journal_text.h"
#include "pin/chase.h"
#include "pin/recorder.h"
#include "report.h"
#include "wish.h"

namespace pinfold::tool {
namespace {

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

// "nginx (12), 3 threads," or "nginx (tid:12)".
std::string who_text(const Assignment& assignment, const ProcessPlacement& placement) {
  if (!assignment.process) {
    return placement.name + " (tid:" + std::to_string(assignment.task.tid.value()) + ')';
  }
  return placement.name + " (" + std::to_string(placement.pid.value()) + "), " +
         threads_text(placement.threads.size()) + ',';
}

std::string where_text(const Assignment& assignment) {
  std::string where = to_cpu_list(assignment.expected);
  if (assignment.expected != assignment.asked) {
    where += " (of " + to_cpu_list(assignment.asked) + ')';
  }
  return where;
}

bool has_ended(const Error& error) {
  return error.kind == ErrorKind::no_such_task || error.kind == ErrorKind::not_a_process;
}

bool is_all_same(const ProcessPlacement& placement) {
  return std::ranges::all_of(placement.threads, [](const ThreadPlacement& thread) {
    return thread.outcome == Outcome::same || thread.outcome == Outcome::failed;
  });
}

class Assigner {
 public:
  Assigner(Kernel& kernel, const AssignOptions& options, const PrepareOne& prepare_one)
      : kernel_(kernel),
        options_(options),
        prepare_one_(prepare_one),
        report_(kernel, {options.dry_run, options.json, options.verbose}),
        recorder_(kernel, ChangeKind::set, options.command) {}

  int run() {
    if (const auto stopped = check_all()) {
      report_.failed(*stopped);
      report_.finish();
      return stopped->kind == ErrorKind::syntax ? exit_usage : exit_failed;
    }
    report_.begin(assignments_.size());
    for (auto& [assignment, found] : assignments_) {
      place(assignment, found);
      assignment.process = nullptr;  // a descriptor
    }
    if (selection_->can_grow() && !options_.dry_run) chase_others();
    if (report_.is_empty()) report_.failed(all_ended());
    print_no_undo(recorder_);
    return report_.finish() ? exit_done : exit_failed;
  }

 private:
  // Everybody, before anything is changed. The error that stops it all.
  std::optional<Error> check_all() {
    auto selectors = parse_selectors(options_.targets);
    if (!selectors) return std::move(selectors).error();
    selection_.emplace(kernel_, std::move(*selectors));
    std::vector<Found> found;
    auto pass = selection_->pass(found);
    if (!pass) return std::move(pass).error();
    if (!pass->unmatched.empty()) return std::move(pass->unmatched.front());
    print_hidden(pass->hidden);
    if (found.size() > 100) expect_open_files(found.size());  // each is held by one
    for (Found& one : found) {
      auto prepared = prepare(one);
      if (!prepared) return std::move(prepared).error();
      if (*prepared) assignments_.emplace_back(std::move(**prepared), std::move(one));
    }
    return std::nullopt;
  }

  // Nothing for one that was selected, and has ended.
  Result<std::optional<Assignment>> prepare(const Found& found) {
    auto prepared = prepare_one_(found.target);
    if (!prepared) {
      if (!found.by_number() && has_ended(prepared.error())) return std::nullopt;
      return fail(std::move(prepared).error());
    }
    if (!found.by_number() && prepared->task.start_time != found.start_time) return std::nullopt;
    // One that a selected process is forking now would match as well.
    if (!found.by_number()) prepared->forks = Forks::heed;
    for (const Error& reason : prepared->dropped)
      report_.dropped(reason);
    return std::optional(std::move(*prepared));
  }

  // Whether everything of it was right before, or could not be made right. One that was selected
  // and has ended was right if it had a mask that another one was given.
  bool place(const Assignment& assignment, const Found& found) {
    auto placed = options_.dry_run ? as_it_is(kernel_, assignment)
                                   : apply(kernel_, assignment, {.record = std::ref(recorder_)});
    if (!placed) {
      if (!found.by_number() && has_ended(placed.error())) return is_given_mask(found.mask);
      report_.failed(placed.error());
      return true;
    }
    if (options_.dry_run) {
      const std::string who = who_text(assignment, *placed);
      report_.would_place(std::move(*placed), who, where_text(assignment));
      return true;
    }
    const bool all_same = is_all_same(*placed);
    note_given_mask(assignment.expected);
    report_.placed(std::move(*placed));
    return all_same;
  }

  // Those that have come to match meanwhile.
  void chase_others() {
    const auto caught = chase(*selection_, [&](const Found& found) { return was_right(found); });
    if (!caught) {
      report_.failed(caught.error());
    } else if (!*caught) {
      report_.failed(growing());
    }
  }

  // Places one that was found later. Whether that was not needed.
  bool was_right(const Found& found) {
    const auto prepared = prepare(found);
    if (!prepared) {
      report_.failed(prepared.error());
      return true;
    }
    return *prepared ? place(**prepared, found) : is_given_mask(found.mask);
  }

  [[nodiscard]] std::string selections() const {
    std::string texts;
    for (const std::string& text : options_.targets) {
      if (const auto selector = parse_selector(text); selector && selector->is_selection()) {
        texts += (texts.empty() ? "" : ", ") + text;
      }
    }
    return texts;
  }
  [[nodiscard]] Error growing() const { return {.kind = ErrorKind::growing, .text = selections()}; }
  [[nodiscard]] Error all_ended() const {
    return {.kind = ErrorKind::no_match,
            .text = selections(),
            .reason = "those that did have ended meanwhile"};
  }

  [[nodiscard]] bool is_given_mask(const CpuSet& mask) const {
    return std::ranges::find(given_masks_, mask) != given_masks_.end();
  }
  void note_given_mask(const CpuSet& mask) {
    if (!is_given_mask(mask)) given_masks_.push_back(mask);
  }

  Kernel& kernel_;
  const AssignOptions& options_;
  const PrepareOne& prepare_one_;
  AssignReport report_;
  Recorder recorder_;
  std::optional<Selection> selection_;
  std::vector<std::pair<Assignment, Found>> assignments_;
  std::vector<CpuSet> given_masks_;
};

}  // namespace

void add_assign_options(Options& options, AssignOptions& wanted) {
  options.flag("--dry-run", wanted.dry_run);
  options.flag("--json", wanted.json);
  options.flag("--verbose", wanted.verbose, 'v');
}

int assign(Kernel& kernel, const AssignOptions& options, const PrepareOne& prepare_one) {
  return Assigner(kernel, options, prepare_one).run();
}

}  // namespace pinfold::tool

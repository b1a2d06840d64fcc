#include "report.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "commands.h"
#include "console.h"

namespace pinfold::tool {
namespace {

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::set:
      return "set";
    case Outcome::same:
      return "same";
    case Outcome::skipped:
      return "skipped";
    case Outcome::failed:
      return "failed";
  }
  return "failed";
}

const char* proof_name(Proof proof) {
  switch (proof) {
    case Proof::clear:
      return "clear";
    case Proof::held:
      return "held";
    case Proof::no:
      return "no";
  }
  return "no";
}

std::string list_or_none(const CpuSet& cpus) { return cpus.empty() ? "none" : to_cpu_list(cpus); }

std::string label_of(const ProcessPlacement& placement) {
  const bool one_thread =
      placement.threads.size() == 1 && placement.threads.front().tid != placement.pid.leader();
  return placement.name + " (" +
         (one_thread ? "tid:" + std::to_string(placement.threads.front().tid.value())
                     : std::to_string(placement.pid.value())) +
         ')';
}

// The distinct masks of the threads, the most frequent first: "0-7", "0-7 and 2".
std::string masks_text(const ProcessPlacement& placement, CpuSet ThreadPlacement::* mask) {
  // A thread that was right already, because its creator had been set, says nothing new.
  const bool any_set = std::ranges::any_of(
      placement.threads, [](const auto& thread) { return thread.outcome != Outcome::same; });
  std::map<std::string, std::size_t> counts;
  for (const ThreadPlacement& thread : placement.threads) {
    if (!any_set || thread.outcome != Outcome::same) ++counts[list_or_none(thread.*mask)];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::string, std::size_t>::second);
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i) {
    if (i > 0) text += i + 1 == sorted.size() ? " and " : ", ";
    text += sorted[i].first;
  }
  if (sorted.size() > most) text += " and " + std::to_string(sorted.size() - most) + " other masks";
  return text;
}

void print_error_once(const Error& error, std::set<std::string>& told) {
  if (told.insert(hint(error)).second || hint(error).empty()) {
    print_error(error);
  } else {
    print_error(message(error));
  }
}

// Threads of one process mostly fail for one reason: it is said once, with their number.
void print_failures(const ProcessPlacement& placement, std::set<std::string>& told) {
  std::map<ErrorKind, std::vector<const ThreadPlacement*>> failed;
  for (const ThreadPlacement& thread : placement.threads) {
    if (thread.outcome == Outcome::failed && thread.error) {
      failed[thread.error->kind].push_back(&thread);
    }
  }
  for (const auto& [kind, threads] : failed) {
    print_error_once(*threads.front()->error, told);
    if (threads.size() > 1) {
      print_hint("the same holds for " + threads_text(threads.size() - 1) +
                 " more of this process");
    }
  }
}

bool is_placed(const ThreadPlacement& thread) {
  return thread.outcome == Outcome::set || thread.outcome == Outcome::same;
}

// Of those that were set: "LABEL: 17 threads on 1, before on 0-1".
void print_masks(const std::string& label, const ProcessPlacement& placement) {
  const auto placed = std::ranges::count_if(placement.threads, is_placed);
  if (placed == 0) return;
  const std::string now = masks_text(placement, &ThreadPlacement::effective);
  const std::string before = masks_text(placement, &ThreadPlacement::before);
  std::printf("%s: %s on %s, %s\n", label.c_str(),
              threads_text(static_cast<std::size_t>(placed)).c_str(), now.c_str(),
              now == before ? "as before" : ("before on " + before).c_str());
}

void print_unproved(const ProcessPlacement& placement, const std::string& label,
                    std::set<std::string>& told) {
  Error error{.kind = ErrorKind::not_proved, .task = label};
  error.text =
      placement.unproved == 0
          ? "threads start faster than they can be looked at, or another program sets them"
          : threads_text(placement.unproved) + " may have started others with the old mask";
  print_error_once(error, told);
}

}  // namespace

std::string threads_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " thread" : " threads");
}

std::string processes_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " process" : " processes");
}

Json error_json(const Error* error) {
  if (!error) return nullptr;
  return {{"kind", name(error->kind)}, {"errno", error->number}, {"message", message(*error)}};
}

Json request_json(const std::optional<CpuSet>& request) {
  return request ? Json(to_cpu_list(*request)) : Json(nullptr);
}

Json placements_json(Kernel& kernel, const std::vector<ProcessPlacement>& placements, bool done) {
  Proof proved = Proof::clear;
  Json threads = Json::array();
  for (const ProcessPlacement& placement : placements) {
    // Of a thread that was not set there is nothing to prove.
    const Proof here = placement.done() ? placement.proved : Proof::no;
    if (here == Proof::no || proved == Proof::clear) proved = here;
    for (const ThreadPlacement& thread : placement.threads) {
      const auto task = kernel.task(thread.tid);
      threads.push_back({{"pid", placement.pid.value()},
                         {"tid", thread.tid.value()},
                         {"name", task ? Json(safe_text(task->name)) : Json(nullptr)},
                         {"before", to_cpu_list(thread.before)},
                         {"asked", to_cpu_list(thread.asked)},
                         {"allowed", to_cpu_list(thread.allowed)},
                         {"effective", to_cpu_list(thread.effective)},
                         {"result", outcome_name(thread.outcome)},
                         {"error", error_json(thread.error.get())}});
    }
  }
  return {{"schema_version", 1},
          {"done", done},
          {"proved", placements.empty() ? "no" : proof_name(proved)},
          {"threads", std::move(threads)}};
}

void print_summary(const std::vector<ProcessPlacement>& placements, bool more) {
  ProcessPlacement all;
  std::size_t processes = 0;
  for (const ProcessPlacement& placement : placements) {
    all.threads.insert(all.threads.end(), placement.threads.begin(), placement.threads.end());
    processes += std::ranges::any_of(placement.threads, is_placed) ? 1U : 0U;
  }
  std::string label = processes_text(processes);
  if (more) label.insert(label.find(' '), " more");
  print_masks(label, all);
  std::fflush(stdout);
}

int refuse(Kernel& kernel, const Error& error, bool json) {
  print_error(error);
  if (json) {
    Json object = placements_json(kernel, {}, false);
    object["error"] = error_json(&error);
    std::puts(object.dump().c_str());
  }
  return error.kind == ErrorKind::syntax ? exit_usage : exit_failed;
}

void print_placement(const ProcessPlacement& placement, bool verbose) {
  const std::string label = label_of(placement);
  print_masks(label, placement);
  if (verbose) {
    for (const ThreadPlacement& thread : placement.threads) {
      std::printf("  %d: %s -> %s (%s)\n", thread.tid.value(), list_or_none(thread.before).c_str(),
                  list_or_none(thread.effective).c_str(), outcome_name(thread.outcome));
    }
    if (placement.proved == Proof::held) {
      print_note(label + ": some threads were stopped for a moment, to see that none escapes");
    }
  }
  std::fflush(stdout);
}

void print_problems(const ProcessPlacement& placement, std::set<std::string>& told) {
  print_failures(placement, told);
  if (placement.proved == Proof::no) print_unproved(placement, label_of(placement), told);
}

}  // namespace pinfold::tool

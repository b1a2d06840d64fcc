#include "assign_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "console.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t most_lines = 20;

}  // namespace

bool AssignReport::has_own_line() const {
  return options_.verbose || (expected_ <= most_lines && lines_ < most_lines);
}

void AssignReport::placed(ProcessPlacement placement) {
  done_ &= placement.done();
  if (!options_.json) {
    if (has_own_line()) {
      ++lines_;
      print_placement(placement, options_.verbose);
    } else {
      summed_up_.push_back(placement);
    }
  }
  print_problems(placement, told_);
  placements_.push_back(std::move(placement));
}

void AssignReport::would_place(ProcessPlacement placement, const std::string& who,
                               const std::string& where) {
  if (!options_.json) {
    if (has_own_line()) {
      ++lines_;
      std::printf("would set %s to %s\n", who.c_str(), where.c_str());
    } else {
      auto& [processes, threads] = would_[where];
      ++processes;
      threads += placement.threads.size();
    }
  }
  placements_.push_back(std::move(placement));
}

void AssignReport::dropped(const Error& reason) {
  // Each task has its own sentence, but one limit is behind them.
  const std::string limit = std::string(name(reason.kind)) + ' ' + reason.cpus + ' ' + reason.file;
  const auto [said, is_new] = dropped_.try_emplace(limit, reason, 0);
  ++said->second.second;
  if (begun_ && is_new) print_dropped(reason);
}

void AssignReport::begin(std::size_t processes) {
  begun_ = true;
  expected_ = processes;
  for (const auto& [limit, said] : dropped_) {
    const auto& [reason, count] = said;
    print_dropped(reason);
    const bool of_one_task = reason.kind == ErrorKind::cpuset;
    if (of_one_task && count > 1) {
      print_hint("the same holds for " + std::to_string(count - 1) + " more");
    }
  }
}

void AssignReport::failed(const Error& error) {
  done_ = false;
  print_error(error);
  errors_.push_back(error);
}

bool AssignReport::finish() {
  if (!summed_up_.empty()) print_summary(summed_up_, lines_ > 0);
  for (const auto& [where, count] : would_) {
    std::printf("would set %s, %s, to %s\n", processes_text(count.first).c_str(),
                threads_text(count.second).c_str(), where.c_str());
  }
  if (options_.json) {
    Json json = placements_json(kernel_, placements_, done_ && !options_.dry_run);
    if (options_.dry_run) json["dry_run"] = true;
    if (!errors_.empty()) {
      json["proved"] = "no";
      json["error"] = error_json(&errors_.front());
    }
    std::puts(json.dump().c_str());
  }
  return done_;
}

}  // namespace pinfold::tool

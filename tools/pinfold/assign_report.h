// What set and reset have done, while it happens and at the end.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "report.h"

namespace pinfold::tool {

struct AssignReportOptions {
  bool dry_run = false;
  bool json = false;
  bool verbose = false;
};

class AssignReport {
 public:
  AssignReport(Kernel& kernel, const AssignReportOptions& options)
      : kernel_(kernel), options_(options) {}

  /// All are checked, and so many will follow, at least: many are summed up instead of a line each.
  void begin(std::size_t processes);

  /// What was placed, with its problems.
  void placed(ProcessPlacement placement);
  /// What would be placed, and where: "nginx (12), 3 threads, to 0-3".
  void would_place(ProcessPlacement placement, const std::string& who, const std::string& where);
  /// CPUs that --clip takes away: the same reason is said once, and for how many it holds.
  void dropped(const Error& reason);
  /// An error that stops all or a part of it.
  void failed(const Error& error);

  [[nodiscard]] bool is_empty() const { return placements_.empty() && errors_.empty(); }

  /// The sum and the JSON. True when all was done.
  bool finish();

 private:
  [[nodiscard]] bool has_own_line() const;

  Kernel& kernel_;
  AssignReportOptions options_;
  std::size_t expected_ = 0;
  std::size_t lines_ = 0;
  std::vector<ProcessPlacement> placements_;
  std::vector<ProcessPlacement> summed_up_;
  std::map<std::string, std::pair<std::size_t, std::size_t>>
      would_;  // processes, threads; by place
  std::set<std::string> told_;
  std::map<std::string, std::pair<Error, std::size_t>> dropped_;  // and of how many
  bool begun_ = false;
  std::vector<Error> errors_;
  bool done_ = true;
};

}  // namespace pinfold::tool

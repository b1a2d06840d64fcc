// The rows: which are wanted, and what came of them, as a table.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "document/results.h"

namespace pinfold::bench {

struct Options {
  std::string filter;                ///< only rows whose name contains it
  std::optional<unsigned> rounds{};  ///< instead of each row's own number
  bool quick = false;                ///< a tenth of the rounds, to see that it works
};

/// A row's name is stable: "what: size / peer".
struct Row {
  std::string name;
  std::optional<double> reach;  ///< the ratio that it should not exceed; none: for information
  Side ours;
  Side theirs;
  Method method;
};

/// A row without a peer.
struct TimeRow {
  std::string name;
  std::optional<std::chrono::nanoseconds> reach;  ///< how long it may take; none: for information
  Side ours;
  Method method;
};

/// A row about what our side adds to theirs.
struct AddedRow {
  std::string name;
  std::chrono::nanoseconds reach;  ///< how much longer ours may take each time
  Side ours;
  Side theirs;
  Method method;
};

/// Measures rows as they come, and prints each when it is done.
class Report {
 public:
  explicit Report(Options options) : options_(std::move(options)) {}

  [[nodiscard]] bool wants(const std::string& name) const;
  [[nodiscard]] bool is_quick() const { return options_.quick; }

  void compare(const Row& row);

  /// What our side takes longer than theirs: that difference, in the unit of the reach, stands for
  /// the ratio.
  void added(const AddedRow& row);

  /// Theirs is zero, and our time, in the unit of the reach, stands for the ratio.
  void time(const TimeRow& row);

  /// A row that counts something: theirs is zero, and the count stands for the ratio. Without a
  /// reach it is for information.
  void count(const std::string& name, double ours, std::optional<double> reach,
             const std::string& unit);

  /// Says that a row cannot be measured here.
  void skip(const std::string& name, const std::string& reason);

  /// How many rows fell short.
  void print_summary() const;

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] const std::vector<Skipped>& skipped() const { return skipped_; }

 private:
  [[nodiscard]] Method adjusted(Method method) const;

  void add(Line line);

  Options options_;
  std::vector<Line> lines_;
  std::vector<Skipped> skipped_;
};

}  // namespace pinfold::bench

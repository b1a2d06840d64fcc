// The place language, as far as it is CPU numbers: text that names CPUs on a machine.
//
//   place = term {"," term}      term = ["~"|"!"] (cpulist-item | "all")
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "kernel/limits.h"

namespace pinfold {

struct PlaceCpus {
  CpuSet cpus;
  /// Names that stand for less than the whole here: "all is 0-7; cgroup /x allows 0-3".
  std::vector<std::string> notes;
};

/// A place, read but not yet looked up. Numbers are meant literally: whether they exist and
/// may be used is for those to check who use them. A name stands for what is online and
/// permitted. Terms apply from left to right; a first term that takes away starts from `all`.
class Place {
 public:
  /// Errors are of kind `syntax` with the column.
  static Result<Place> parse(std::string_view text);

  /// Whether the text can be looked up without knowing the machine: plain numbers.
  [[nodiscard]] bool is_literal() const { return !needs_limits_; }

  /// Kind `empty_set` when nothing is left.
  [[nodiscard]] Result<PlaceCpus> resolve(const Limits& limits) const;

  /// Of a place that is_literal().
  [[nodiscard]] Result<CpuSet> resolve_literal() const;

 private:
  struct Term {
    bool take_away = false;
    bool all = false;
    std::string item;        // a CPU list item, unless `all`
    std::size_t column = 0;  // of the item in text_
  };

  [[nodiscard]] Result<CpuSet> evaluate(const Limits* limits) const;

  std::string text_;
  std::vector<Term> terms_;
  bool needs_limits_ = false;
};

}  // namespace pinfold

// The place language: text that names CPUs on a machine (pinfold(1), PLACES).
//
//   place = term {"," term}      term = ["~"|"!"] path      path = step {"." step}
//   step  = cpulist-item | name | object ":" index | "kind:" index | "near:" device | "pid:" number
//   index = item {"+" item}      item = N | A-B | A-B:S | A-B:U/S | odd | even | last | all
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>
#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "kernel/kernel.h"
#include "machine/limits.h"
#include "machine/parts.h"
#include "place/step.h"

namespace pinfold {

struct PlaceCpus {
  CpuSet cpus;
  /// Names that stand for less than the whole here: "node:0 is 0-7; cgroup /x allows 0-3".
  std::vector<std::string> notes;
};

/// What a name stands for where less than the whole is permitted.
enum class Names {
  as_permitted,
  whole,  ///< for who asks what is taken from it
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

  /// Of a place that is_literal(). Kind `empty_set` when nothing is left.
  [[nodiscard]] Result<CpuSet> resolve_literal() const;

  /// What of the machine must be known.
  [[nodiscard]] MachineParts parts() const;

  /// `limits` are those of the task that shall go there. `kernel`, where tasks are looked up, is
  /// null for a machine that is not the one under us. Kind `no_such_object`, with the column, for
  /// what the machine does not have; `empty_set` when nothing is left.
  [[nodiscard]] Result<PlaceCpus> resolve(const Machine& machine, const Limits& limits,
                                          Kernel* kernel, Names names = Names::as_permitted) const;

 private:
  struct Term {
    bool take_away = false;
    std::size_t column = 0;  // of its path
    std::vector<Step> path;

    /// CPU numbers, which are meant literally.
    [[nodiscard]] bool is_numbers() const { return path.size() == 1 && path.front().is_numbers(); }
  };

  static Result<Term> parse_term(std::string_view text, std::size_t column);
  [[nodiscard]] std::string name_of(const Term& term) const;

  std::string text_;
  std::vector<Term> terms_;
  bool needs_limits_ = false;
};

}  // namespace pinfold

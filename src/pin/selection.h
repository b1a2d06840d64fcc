// Who is meant: the processes and threads that selectors match, now and later.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "kernel/kernel.h"
#include "pin/no_match.h"
#include "pin/target.h"

namespace pinfold {

/// One who is meant.
struct Found {
  Target target;
  /// Nothing for one that was given by its number, and so has to be there.
  std::optional<std::uint64_t> start_time;
  CpuSet mask;  ///< of a selected process: what its leader could run on when it was found

  [[nodiscard]] bool by_number() const { return !start_time.has_value(); }
};

/// What a look at all processes has brought.
struct Pass {
  /// `no_match` for each selector that means nobody; of the first pass only.
  std::vector<Error> unmatched;
  /// Processes whose executable the caller may not see, where that was asked for.
  std::size_t hidden = 0;
  /// Every process that was there was looked at, or had been in a pass before. Not so where one
  /// ended too early; whoever it had started is there in the next pass.
  bool whole = true;
};

/// Left out of selections are pid 1, kernel threads, the caller and its parents.
class Selection {
 public:
  Selection(Kernel& kernel, std::vector<Selector> selectors);

  /// Whether a later pass can find others.
  [[nodiscard]] bool can_grow() const { return !rules_.empty(); }

  /// Looks at all processes, the newest first, and hands over each one meant that no pass before
  /// has. The first pass goes on with those given by number, except threads of processes that it
  /// has handed over. Errors are those of reading /proc as a whole.
  Result<Pass> pass(const std::function<void(const Found&)>& found);

  /// Everybody in one pass, in ascending order.
  Result<Pass> pass(std::vector<Found>& found);

 private:
  // A selector, with what is known of it before any process is looked at.
  struct Rule {
    Selector selector;
    std::optional<FileId> file;
    std::optional<uid_t> user;
    bool matched = false;
    std::map<Pid, LeftOut> left_out;
  };
  class Candidate;
  enum class Match {
    no,
    yes,
    hidden,
    gone,
  };

  static Rule make_rule(Selector selector);
  void find_parents();
  void give_numbers(const std::function<void(const Found&)>& found);
  bool is_in_given_process(Tid tid);
  Result<void> look_at_all(Pass& pass, const std::function<void(const Found&)>& found);
  [[nodiscard]] bool all_matched() const;
  void look(Pid pid, Pass& pass, const std::function<void(const Found&)>& found);
  void take(Candidate& candidate, const std::vector<Rule*>& matched, Pass& pass,
            const std::function<void(const Found&)>& found);
  Match match(Candidate& candidate, const Rule& rule, Pass& pass);
  Match match_without_executable(Candidate& candidate, Pass& pass);
  [[nodiscard]] const char* why_left_out(const Task& task) const;

  Kernel& kernel_;
  std::vector<Target> numbers_;
  std::vector<Rule> rules_;
  std::set<Pid> given_;  // by number
  Pid self_;
  std::set<Pid> parents_;                 // the caller's, and itself
  std::map<Pid, std::uint64_t> known_;    // found before, with the start time
  std::map<Pid, std::uint64_t> zombies_;  // seen before, without an executable
  bool first_ = true;
};

}  // namespace pinfold

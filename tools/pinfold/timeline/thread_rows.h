// The threads of a page, and what is known of the life of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/event.h"

namespace pinfold::tool {

/// Times are offsets from the page's origin, in nanoseconds.
class ThreadRows {
 public:
  explicit ThreadRows(std::size_t most) : most_(most) {}

  /// The row of a thread, a new one where it has none; nothing where there is no room for it.
  std::optional<std::size_t> index(const trace::TargetTask& task);

  void add_alive(std::size_t row, std::int64_t at, std::size_t mask, bool born);
  void add_end(std::size_t row, std::int64_t at);

  struct Run {
    std::int64_t from = 0;
    std::int64_t to = 0;
    unsigned cpu = 0;
  };
  /// Of the thread that had that number then. false: there is no room for it.
  bool add_run(Pid pid, Tid tid, const Run& run);

  [[nodiscard]] std::size_t left_out() const { return left_out_.size(); }
  /// A list of objects. "runs" has three numbers for each: how long it had not run before, how
  /// long it ran, and where.
  [[nodiscard]] std::string json() const;

 private:
  using Number = std::pair<Pid, Tid>;
  struct Row {
    trace::TargetTask task;
    std::optional<std::size_t> before;  // an earlier thread with the same number
    std::optional<std::int64_t> born;
    std::optional<std::int64_t> ended;
    std::string alive;
    std::string runs;
    std::int64_t ran_until = 0;
  };

  std::optional<std::size_t> find(const trace::TargetTask& task);

  std::size_t most_;
  std::vector<Row> rows_;
  std::map<Number, std::size_t> newest_;
  std::set<Number> left_out_;
};

}  // namespace pinfold::tool

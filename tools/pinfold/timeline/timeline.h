// What happened to CPU masks, collected for a page that a browser shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pinfold/result.h>

#include "events/event.h"
#include "events/life.h"
#include "timeline/text_table.h"
#include "timeline/thread_rows.h"

namespace pinfold::tool {

/// What a page can hold and still be quick. What comes beyond is counted, and the page says so.
struct TimelineLimits {
  std::size_t events =
      200'000;  ///< calls and changes; as many again of what is told of the telling
  std::size_t runs = 500'000;
  std::size_t threads = 50'000;
};

/// What a page has no room for, or the kernel had none for.
struct TimelineCut {
  std::uint64_t count = 0;
  std::optional<std::int64_t> from;  ///< the earliest of them, as offset
  std::optional<std::int64_t> to;    ///< the latest
};

class Timeline {
 public:
  explicit Timeline(TimelineLimits limits = {}) : limits_(limits), threads_(limits.threads) {}

  void add(const trace::Event& event);
  void add(const trace::Life& life);

  /// The page: one file of HTML that needs nothing else.
  [[nodiscard]] std::string html() const;
  /// Writes it: the whole file or nothing. Errors as of replace_file.
  [[nodiscard]] Result<void> write(const std::string& path) const;

 private:
  void put(const trace::StartEvent& start);
  void put(const trace::SetEvent& set);
  void put(const trace::GetEvent& get);
  void put(const trace::LostEvent& lost);
  void put(const trace::SuppressedEvent& suppressed);
  void put(const trace::SnapshotEvent& snapshot);
  void put(const trace::EndEvent& end);
  void put(const trace::Alive& alive);
  void put(const trace::Ended& ended);
  void put(const trace::Ran& ran);
  void put(const trace::RunsLost& lost);

  /// Nanoseconds from the origin, which is the first time that was told; nothing of a time that
  /// was never set.
  std::optional<std::int64_t> offset(trace::Time time);
  /// Where a mask, an actor, a target stands in its table; nothing of what is not known.
  std::optional<std::size_t> index(const std::optional<CpuSet>& cpus);
  std::optional<std::size_t> index(const std::optional<trace::TargetTask>& target);
  bool has_room(trace::Time time);
  void append(std::string_view event);
  void append_notice(std::string_view event);
  [[nodiscard]] std::string data() const;

  TimelineLimits limits_;
  std::optional<trace::Time> origin_;
  TextTable masks_;
  TextTable actors_;
  TextTable targets_;
  ThreadRows threads_;
  std::string events_;  // JSON, each with a comma behind it
  std::size_t told_ = 0;
  std::size_t notices_ = 0;
  std::size_t runs_ = 0;
  TimelineCut cut_events_;
  TimelineCut cut_notices_;
  TimelineCut cut_runs_;
};

}  // namespace pinfold::tool

// What a history knows.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "history/chapter.h"
#include "history/query.h"
#include "history/remark.h"
#include "history/state.h"

namespace pinfold::history {

/// How it was when a picture of it begins.
struct Beginning {
  trace::StartEvent start;  ///< of the recording, as of that moment; what it chose is left out
  std::vector<ThreadState> states;
};

/// Errors are those of the disk, or of a broken history.
class Reader {
 public:
  /// Errors as check_file(), Database::open(), migrate().
  static Result<Reader> open(const std::string& path);

  /// Takes an entry, and says whether it wants more.
  using Visit = std::function<bool(const Entry&)>;
  /// The changes that are asked for, in their order, and between them all that is known to be
  /// missing: lost events and gaps between recordings, these as one where nothing stands between
  /// them. `now` ends the last one.
  Result<void> read(const Query& query, trace::Time now, const Visit& visit);

  /// How many changes read() will tell at most: as long as it takes to count ids, not rows.
  Result<std::uint64_t> count(const Query& query);

  /// Threads that are known to have been there at that moment, by their numbers: those that the
  /// recording began with and those that changes were made to. Kind `no_such_object` where nothing
  /// was recorded then.
  Result<std::vector<ThreadState>> at(trace::Time moment);

  /// As of that moment; where nothing was recorded then, or without one, as of the next recording
  /// that begins. Nothing where none does.
  Result<std::optional<Beginning>> beginning(std::optional<trace::Time> since);

  /// The newest change of a thread's mask that was done, since that boot.
  Result<std::optional<trace::SetEvent>> last_change(const std::string& boot, Tid tid,
                                                     std::uint64_t start_time);

  /// As of the last question.
  [[nodiscard]] const std::vector<Chapter>& chapters() const { return chapters_; }

 private:
  class Glance;
  Reader(std::string path, Database database, std::vector<Chapter> chapters)
      : path_(std::move(path)), database_(std::move(database)), chapters_(std::move(chapters)) {}

  Result<void> define(const CpuSet& cpus);
  [[nodiscard]] Result<Statement> find(const Query& query, IdRange range, const char* columns,
                                       const char* joins) const;
  [[nodiscard]] std::int64_t base_of(std::int64_t id) const;
  [[nodiscard]] bool goes_on(trace::Time now) const;
  [[nodiscard]] Result<std::int64_t> first_wanted(const Query& query, IdRange range) const;

  std::string path_;
  Database database_;
  std::vector<Chapter> chapters_;
};

}  // namespace pinfold::history

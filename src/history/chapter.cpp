#include "history/chapter.h"

#include <algorithm>
#include <limits>

#include "base/try.h"

namespace pinfold::history {
namespace {

using trace::Time;

// As the writer's: so far events may be out of order within a chapter.
constexpr auto disorder = std::chrono::seconds(1);
constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

Time time_of(std::int64_t nanoseconds) { return Time(std::chrono::nanoseconds(nanoseconds)); }

// The lowest id in the range whose event, or the next one there is, is not before that time.
Result<std::int64_t> search(Statement& at, IdRange range, Time time) {
  while (range.first <= range.last) {
    const std::int64_t middle = range.first + (range.last - range.first) / 2;
    at.bind(1, middle).bind(2, range.last);
    TRY(const bool has_row, at.step());
    const bool is_before = has_row && time_of(at.number(1)) < time;
    if (is_before) {
      range.first = at.number(0) + 1;
    } else {
      range.last = middle - 1;
    }
    at.reset();
  }
  return range.first;
}

std::int64_t last_of(const std::vector<Chapter>& chapters, std::size_t i) {
  return i + 1 < chapters.size() ? chapters[i + 1].first - 1 : greatest;
}

}  // namespace

Result<std::vector<Chapter>> read_chapters(const Database& database) {
  TRY(Statement row, database.prepare("SELECT id, session, boot, kernel, cpu_ids, base, first,"
                                      " began, ended, closed FROM chapter ORDER BY id"));
  std::vector<Chapter> chapters;
  for (;;) {
    TRY(const bool has_row, row.step());
    if (!has_row) return chapters;
    chapters.push_back({.id = row.number(0),
                        .session = row.number(1),
                        .boot = std::string(row.text(2)),
                        .kernel = std::string(row.text(3)),
                        .cpu_ids = static_cast<unsigned>(row.number(4)),
                        .base = row.number(5),
                        .first = row.number(6),
                        .began = time_of(row.number(7)),
                        .ended = time_of(row.number(8)),
                        .closed = row.number(9) != 0});
  }
}

Result<IdRange> ids_between(const Database& database, const std::vector<Chapter>& chapters,
                            std::optional<Time> since, std::optional<Time> until) {
  TRY(Statement at, database.prepare("SELECT id, time FROM event WHERE id BETWEEN ? AND ?"
                                     " ORDER BY id LIMIT 1"));
  IdRange all{.first = greatest, .last = -1};
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    const Chapter& chapter = chapters[i];
    const bool is_last = i + 1 == chapters.size();
    if (since && !is_last && chapter.ended + disorder < *since) continue;
    if (until && chapter.began - disorder > *until) continue;
    IdRange range{.first = chapter.first, .last = last_of(chapters, i)};
    if (since) {
      TRY(range.first, search(at, range, *since - disorder));
    }
    if (until) {
      // One that is later than the bound by just that may stand before one that
      // is at it.
      TRY(const std::int64_t beyond,
          search(at, range, *until + disorder + std::chrono::nanoseconds(1)));
      at.bind(1, beyond).bind(2, range.last);
      TRY(const bool has_row, at.step());
      // Remarks have ids, too: some may stand before that event.
      if (has_row) range.last = at.number(0) - 1;
      at.reset();
    }
    all.first = std::min(all.first, range.first);
    all.last = std::max(all.last, range.last);
  }
  return all;
}

}  // namespace pinfold::history

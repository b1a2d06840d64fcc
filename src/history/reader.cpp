#include "history/reader.h"

#include <algorithm>
#include <limits>
#include <ranges>
#include <type_traits>
#include <utility>

#include "base/try.h"
#include "history/file.h"
#include "history/packed.h"
#include "history/row.h"
#include "history/schema.h"

namespace pinfold::history {
namespace {

using trace::Time;

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

std::int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }

// The time bounds of a query, as places 3 and 4 of a statement take them.
std::pair<std::int64_t, std::int64_t> times_of(const Query& query) {
  return {query.since ? nanoseconds(*query.since) : std::numeric_limits<std::int64_t>::min(),
          query.until ? nanoseconds(*query.until) : greatest};
}

// Entries in their order, with gaps that have nothing between them made one.
class Teller {
 public:
  explicit Teller(const Reader::Visit& visit) : visit_(visit) {}

  bool tell(const Entry& entry) {
    const Gap* gap = std::get_if<Gap>(&entry);
    if (!gap) return tell_held() && visit_(entry);
    if (!held_) {
      held_ = *gap;
      return true;
    }
    held_->to = std::max(held_->to, gap->to);
    held_->from = std::min(held_->from, gap->from);
    held_->count += gap->count;
    held_->open = held_->open || gap->open;
    if (held_->reason != gap->reason) held_->reason = "several times";
    return true;
  }
  bool tell_held() {
    if (!held_) return true;
    const Entry entry = *std::exchange(held_, std::nullopt);
    return visit_(entry);
  }

 private:
  const Reader::Visit& visit_;
  std::optional<Gap> held_;
};

// What lies between recordings, each at its place among the ids.
class Pauses {
 public:
  Pauses(const std::vector<Chapter>& chapters, const Query& query, std::optional<Time> end)
      : query_(query) {
    if (chapters.empty()) return;
    // What was before the first one is told to those who ask for it.
    const Chapter& first = chapters.front();
    if (query.since && *query.since < first.began)
      add(first.first, {.from = *query.since, .to = first.began, .reason = unrecorded});
    for (std::size_t i = 1; i < chapters.size(); ++i) {
      if (chapters[i].session != chapters[i - 1].session) add(chapters[i - 1], chapters[i]);
    }
    if (end && chapters.back().ended < *end) add(chapters.back(), *end, greatest);
  }

  /// The next one that stands before that id, from the place `first` on.
  std::optional<Gap> take(std::int64_t first, std::int64_t before) {
    while (next_ < gaps_.size() && gaps_[next_].first < first)
      ++next_;
    if (next_ == gaps_.size() || gaps_[next_].first > before) return std::nullopt;
    return gaps_[next_++].second;
  }

 private:
  static constexpr const char* unrecorded = "nothing was recorded";

  void add(const Chapter& last, const Chapter& next) {
    if (next.began < last.ended) {
      // How long it was nobody knows.
      add(next.first,
          {.from = next.began, .to = next.began, .reason = "the clock was set back meanwhile"});
    } else if (next.began > last.ended) {
      add(last, next.began, next.first);
    }
  }
  void add(const Chapter& last, Time to, std::int64_t at) {
    add(at, {.from = last.ended,
             .to = to,
             .reason = last.closed ? unrecorded : "the recording ended unexpectedly",
             .open = at == greatest});
  }
  void add(std::int64_t at, Gap gap) {
    if (query_.since && gap.to < *query_.since) return;
    if (query_.until && gap.from > *query_.until) return;
    gaps_.emplace_back(at, std::move(gap));
  }

  const Query& query_;
  std::vector<std::pair<std::int64_t, Gap>> gaps_;
  std::size_t next_ = 0;
};

Time began(const Entry& entry) {
  if (const auto* gap = std::get_if<Gap>(&entry)) return gap->from;
  return std::visit(
      [](const auto& one) {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, trace::LostEvent>) {
          return one.from;
        } else {
          return one.time;
        }
      },
      std::get<trace::Event>(entry));
}

// From a time to another, or of what may have begun before its end.
constexpr const char* remarks_between =
    "SELECT id, json FROM remark WHERE id >= ? AND time >= ? AND (time <= ?"
    R"( OR json LIKE '%"event":"lost"%' OR json LIKE '%"event":"unrecorded"%') ORDER BY id)";

// A writer says twice in that time that it is still there.
constexpr auto longest_silence = std::chrono::minutes(1);

}  // namespace

// The history as it is at one moment, whatever is written or dropped meanwhile.
class Reader::Glance {
 public:
  static Result<Glance> begin(Reader& reader) {
    CHECK_OK(reader.database_.run("BEGIN"));
    Glance glance(reader.database_);
    TRY(reader.chapters_, read_chapters(reader.database_));
    return glance;
  }
  Glance(Glance&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Glance(const Glance&) = delete;
  Glance& operator=(const Glance&) = delete;
  Glance& operator=(Glance&&) = delete;
  ~Glance() {
    if (database_) static_cast<void>(database_->run("COMMIT").has_value());
  }

 private:
  explicit Glance(const Database& database) : database_(&database) {}

  const Database* database_;
};

Result<Reader> Reader::open(const std::string& path) {
  CHECK_OK(check_file(path));
  TRY(Database database, Database::open(path, Database::Use::read));
  CHECK_OK(migrate(database));
  CHECK_OK(database.run("PRAGMA query_only = ON"));
  TRY(auto chapters, read_chapters(database));
  return Reader(path, std::move(database), std::move(chapters));
}

Result<void> Reader::define(const CpuSet& cpus) {
  return database_.define("touches", 3, [cpus](auto texts) {
    const auto set = [&](std::size_t i) {
      return texts[i] ? std::optional(unpack_cpus(*texts[i])) : std::nullopt;
    };
    return touches(cpus, set(0), set(1), set(2));
  });
}

// Places 1 to 4 are bound: ids and times.
Result<Statement> Reader::find(const Query& query, IdRange range, const char* columns,
                               const char* joins) const {
  const Condition condition = condition_of(query);
  std::string select = std::string("SELECT ") + columns + " FROM event e";
  if (!condition.index.empty()) select += " INDEXED BY " + condition.index;
  select += joins;
  // A plus keeps SQLite from looking through all ids where an index finds the few that are meant.
  select += condition.index.empty() ? " WHERE e.id" : " WHERE +e.id";
  select += " BETWEEN ?1 AND ?2 AND e.time BETWEEN ?3 AND ?4" + condition.sql;
  if (query.newest) {
    const std::string limit = " ORDER BY e.id DESC LIMIT " + std::to_string(*query.newest);
    select = "SELECT * FROM (" + select + limit + ") ORDER BY 1";
  } else {
    select += " ORDER BY e.id";
  }
  TRY(Statement statement, database_.prepare(select.c_str()));
  const auto [since, until] = times_of(query);
  statement.bind(1, range.first).bind(2, range.last).bind(3, since).bind(4, until);
  int place = 4;
  for (const std::string& text : condition.texts)
    statement.bind(++place, std::string_view(text));
  return statement;
}

std::int64_t Reader::base_of(std::int64_t id) const {
  const auto after = std::ranges::upper_bound(chapters_, id, {}, &Chapter::first);
  return after == chapters_.begin() ? 0 : std::prev(after)->base;
}

// Who has the right to write has not always begun to, and may be kept from it.
bool Reader::goes_on(Time now) const {
  return !chapters_.empty() && !chapters_.back().closed &&
         now - chapters_.back().ended <= longest_silence && is_being_written(path_);
}

// Of the newest changes only: what was missing before them is not asked for.
Result<std::int64_t> Reader::first_wanted(const Query& query, IdRange range) const {
  if (!query.newest) return 0;
  TRY(Statement ids, find(query, range, "e.id", " JOIN outcome o ON o.id = e.outcome"));
  std::int64_t first = 0;
  for (std::uint64_t count = 0;; ++count) {
    TRY(const bool has_row, ids.step());
    if (!has_row) return count < *query.newest ? 0 : first;
    if (count == 0) first = ids.number(0);
  }
}

Result<void> Reader::read(const Query& query, Time now, const Visit& visit) {
  TRY(const Glance glance, Glance::begin(*this));
  if (!query.cpus.empty()) CHECK_OK(define(query.cpus));
  TRY(const IdRange range, ids_between(database_, chapters_, query.since, query.until));
  TRY(Statement events, find(query, range, event_columns, event_joins));
  TRY(const std::int64_t first, first_wanted(query, range));
  TRY(Statement remarks, database_.prepare(remarks_between));
  const auto [since, until] = times_of(query);
  TRY(bool has_event, events.step());
  const std::int64_t oldest = chapters_.empty() ? 0 : chapters_.front().first;
  remarks.bind(1, std::max(first, oldest)).bind(2, since).bind(3, until);
  TRY(bool has_remark, remarks.step());
  const Time end = std::min(now, query.until.value_or(now));
  Pauses pauses(chapters_, query, goes_on(now) ? std::nullopt : std::optional(end));
  Teller teller(visit);
  while (has_event || has_remark) {
    const bool is_remark = has_remark && (!has_event || remarks.number(0) < events.number(0));
    const std::int64_t id = is_remark ? remarks.number(0) : events.number(0);
    while (const auto gap = pauses.take(first, id))
      teller.tell(*gap);
    if (is_remark) {
      TRY(const Entry entry, read_remark(remarks.text(1)));
      const bool is_wanted = !query.until || began(entry) <= *query.until;
      if (is_wanted && !teller.tell(entry)) return {};
      TRY(has_remark, remarks.step());
    } else {
      if (!teller.tell(trace::Event(read_event(events, base_of(id))))) return {};
      TRY(has_event, events.step());
    }
  }
  while (const auto gap = pauses.take(first, greatest))
    teller.tell(*gap);
  teller.tell_held();
  return {};
}

Result<std::uint64_t> Reader::count(const Query& query) {
  TRY(const Glance glance, Glance::begin(*this));
  if (!query.cpus.empty()) CHECK_OK(define(query.cpus));
  TRY(const IdRange range, ids_between(database_, chapters_, query.since, query.until));
  TRY(Statement ids, find(query, range, "count(*)", " JOIN outcome o ON o.id = e.outcome"));
  TRY(const bool has_row, ids.step());
  return has_row ? static_cast<std::uint64_t>(ids.number(0)) : 0;
}

Result<std::vector<ThreadState>> Reader::at(Time moment) {
  TRY(const Glance glance, Glance::begin(*this));
  const std::ranges::subrange newest_first(chapters_.rbegin(), chapters_.rend());
  const auto chapter = std::ranges::find_if(newest_first, [&](const Chapter& one) {
    const bool is_last = one.id == chapters_.back().id;
    return one.began <= moment && (moment <= one.ended || (is_last && goes_on(moment)));
  });
  if (chapter == chapters_.rend())
    return fail({.kind = ErrorKind::no_such_object, .reason = "nothing was recorded at that time"});
  const std::int64_t last =
      chapter == chapters_.rbegin() ? greatest : std::prev(chapter)->first - 1;
  return read_states(database_, *chapter, last, moment);
}

Result<std::optional<Beginning>> Reader::beginning(std::optional<Time> since) {
  const auto chapter = std::ranges::find_if(
      chapters_, [&](const Chapter& one) { return !since || one.ended >= *since; });
  if (chapter == chapters_.end()) return std::nullopt;
  const Time time = std::max(chapter->began, since.value_or(chapter->began));
  TRY(auto states, at(time));
  return Beginning{.start = {.time = time,
                             .seq = 0,
                             .kernel = chapter->kernel,
                             .cpu_ids = chapter->cpu_ids,
                             .sampled = false,
                             .legs = {}},
                   .states = std::move(states)};
}

Result<std::optional<trace::SetEvent>> Reader::last_change(const std::string& boot, Tid tid,
                                                           std::uint64_t start_time) {
  TRY(const Glance glance, Glance::begin(*this));
  const std::string select =
      std::string("SELECT ") + event_columns + " FROM event e INDEXED BY event_thread" +
      event_joins +
      " WHERE e.thread IN (SELECT id FROM thread WHERE tid = ? AND start = ? AND chapter IN"
      " (SELECT id FROM chapter WHERE boot = ?)) AND (o.result IS NULL OR o.result >= 0)"
      " AND m.effective IS NOT NULL ORDER BY e.id DESC LIMIT 1";
  TRY(Statement event, database_.prepare(select.c_str()));
  event.bind(1, tid.value()).bind(2, static_cast<std::int64_t>(start_time)).bind(3, boot);
  TRY(const bool has_row, event.step());
  if (!has_row) return std::nullopt;
  return read_event(event, base_of(event.number(0)));
}

}  // namespace pinfold::history

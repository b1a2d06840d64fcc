#include "history/writer.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "history/file.h"
#include "history/schema.h"

namespace pinfold::history {
namespace {

// Events come in the order in which they became known, and not quite in that of their times.
constexpr auto disorder = std::chrono::seconds(1);

// What a chapter takes is dropped at once: a history has some of them.
constexpr std::uint64_t chapters = 16;
constexpr std::uint64_t usual_event_bytes = 80;
constexpr std::uint64_t fewest_events = 1000;
constexpr std::uint64_t most_events = 1'000'000;
constexpr std::size_t most_interned = 200'000;

std::int64_t nanoseconds(trace::Time time) { return time.time_since_epoch().count(); }

trace::Time time_of(const trace::Event& event) {
  return std::visit(
      [](const auto& one) {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, trace::LostEvent>) {
          return one.to;
        } else {
          return one.time;
        }
      },
      event);
}

std::optional<std::int64_t> number_of(const std::optional<CpuId>& cpu) {
  return cpu ? std::optional<std::int64_t>(cpu->value()) : std::nullopt;
}

}  // namespace

Writer::Writer(Fd lock, Database database, Interned interned, Statements statements,
               std::string boot, const Bounds& bounds)
    : lock_(std::move(lock)),
      database_(std::move(database)),
      interned_(std::move(interned)),
      statements_(std::move(statements)),
      boot_(std::move(boot)),
      bounds_(bounds) {}

Result<Writer::Statements> Writer::prepare(const Database& database) {
  TRY(Statement chapter,
      database.prepare("INSERT INTO chapter (session, boot, kernel, cpu_ids, base, first, began,"
                       " ended, closed) VALUES (?1,?2,?3,?4,?5,?6,?7,?7,0)"));
  TRY(Statement ended, database.prepare("UPDATE chapter SET ended = max(ended, ?), closed = ?"
                                        " WHERE id = ?"));
  TRY(Statement event,
      database.prepare("INSERT INTO event (id, time, cpu, actor, thread, masks, outcome, count)"
                       " VALUES (?,?,?,?,?,?,?,?)"));
  TRY(Statement remark, database.prepare("INSERT INTO remark (id, time, json) VALUES (?,?,?)"));
  TRY(Statement state,
      database.prepare("INSERT OR IGNORE INTO state (thread, time, allowed) VALUES (?,?,?)"));
  TRY(Statement exit, database.prepare("UPDATE thread SET ended = ? WHERE id = ?"));
  return Statements{.chapter = std::move(chapter),
                    .ended = std::move(ended),
                    .event = std::move(event),
                    .remark = std::move(remark),
                    .state = std::move(state),
                    .exit = std::move(exit)};
}

Result<Writer> Writer::open(const std::string& path, const std::string& boot,
                            const Bounds& bounds) {
  CHECK_OK(make_file(path));
  TRY(Fd lock, lock_for_writing(path));
  TRY(Database database, Database::open(path, Database::Use::write));
  CHECK_OK(migrate(database));
  TRY(Interned interned, Interned::open(database));
  TRY(Statements statements, prepare(database));
  // A number that was used is not used again, though its event may be gone.
  TRY(const std::int64_t last,
      database.number("SELECT max((SELECT coalesce(max(id), 0) FROM event),"
                      " (SELECT coalesce(max(id), 0) FROM remark),"
                      " (SELECT coalesce(max(first), 0) FROM chapter))"));
  Writer writer(std::move(lock), std::move(database), std::move(interned), std::move(statements),
                boot, bounds);
  writer.last_ = last;
  return writer;
}

Result<void> Writer::begin() {
  if (is_open_) return {};
  CHECK_OK(database_.run("BEGIN IMMEDIATE"));
  is_open_ = true;
  return {};
}

bool Writer::is_full() const {
  const std::uint64_t most =
      std::clamp(bounds_.bytes / chapters / usual_event_bytes, fewest_events, most_events);
  // With all threads that there are, which may be as many as that, it begins.
  return events_ >= most || interned_.size() - begun_with_ >= most_interned ||
         newest_ - began_ >= bounds_.age / 8;
}

Result<void> Writer::begin_chapter(trace::Time time) {
  needs_chapter_ = false;
  base_ = std::max(base_, last_ + 1 - static_cast<std::int64_t>(start_.seq));
  statements_.chapter.bind(1, session_)
      .bind(2, boot_)
      .bind(3, start_.kernel)
      .bind(4, start_.cpu_ids)
      .bind(5, base_)
      .bind(6, last_ + 1)
      .bind(7, nanoseconds(time));
  CHECK_OK(statements_.chapter.run());
  chapter_ = statements_.chapter.last_id();
  if (session_ == 0) {
    session_ = chapter_;
    const std::string own =
        "UPDATE chapter SET session = id WHERE id = " + std::to_string(chapter_);
    CHECK_OK(database_.run(own.c_str()));
  }
  interned_.clear(chapter_);
  events_ = 0;
  began_ = time;
  newest_ = time;
  for (auto& [tid, thread] : threads_) {
    thread.row = 0;
    CHECK_OK(write_state(thread, time));
  }
  begun_with_ = interned_.size();
  return {};
}

Result<void> Writer::begin_session(const trace::StartEvent& start) {
  start_ = start;
  session_ = 0;
  kept_session_ = 0;
  threads_.clear();
  base_ = last_ + 1 - static_cast<std::int64_t>(start.seq);
  return begin_chapter(start.time);
}

Result<void> Writer::keep_in_order(trace::Time time) {
  const bool is_past = time + disorder < newest_;
  if (is_past || needs_chapter_ || is_full()) {
    if (!needs_chapter_) {
      // The next one goes on where this one ends.
      const trace::Time end = is_past ? newest_ : std::max(newest_, time);
      statements_.ended.bind(1, nanoseconds(end)).bind(2, 1).bind(3, chapter_);
      CHECK_OK(statements_.ended.run());
    }
    CHECK_OK(begin_chapter(time));
  }
  newest_ = std::max(newest_, time);
  return {};
}

Result<void> Writer::add(const trace::Event& event) {
  if (std::holds_alternative<trace::GetEvent>(event)) return {};
  CHECK_OK(begin());
  if (const auto* start = std::get_if<trace::StartEvent>(&event)) {
    CHECK_OK(begin_session(*start));
  } else {
    // What the numbers of a chapter begin with.
    start_.seq = std::visit([](const auto& one) { return one.seq; }, event);
    CHECK_OK(keep_in_order(time_of(event)));
  }
  last_ =
      base_ + static_cast<std::int64_t>(std::visit([](const auto& one) { return one.seq; }, event));
  if (const auto* set = std::get_if<trace::SetEvent>(&event)) return take(*set);
  return write_remark(time_of(event), remark_text(event));
}

Result<void> Writer::add(const trace::Life& life) {
  CHECK_OK(begin());
  return std::visit([this](const auto& one) { return take(one); }, life);
}

// It has no number in the stream: those of its chapter leave room for it.
Result<void> Writer::add(const Gap& gap) {
  CHECK_OK(begin());
  // Anybody's mask may have changed meanwhile.
  threads_.clear();
  CHECK_OK(begin_chapter(gap.to));
  ++last_;
  return write_remark(gap.to, remark_text(gap));
}

Result<void> Writer::write_remark(trace::Time time, const std::string& text) {
  statements_.remark.bind(1, last_).bind(2, nanoseconds(time)).bind(3, text);
  ++events_;
  return statements_.remark.run();
}

Result<void> Writer::take(const trace::SetEvent& set) {
  std::optional<std::int64_t> actor;
  std::optional<std::int64_t> target;
  if (set.actor) {
    TRY(actor, interned_.actor(*set.actor));
  }
  if (set.target) {
    TRY(target, interned_.thread(*set.target));
  }
  TRY(const std::int64_t masks, interned_.masks(set));
  TRY(const std::int64_t outcome, interned_.outcome(set));
  statements_.event.bind(1, last_)
      .bind(2, nanoseconds(set.time))
      .bind(3, number_of(set.cpu))
      .bind(4, actor)
      .bind(5, target)
      .bind(6, masks)
      .bind(7, outcome)
      .bind(8, static_cast<std::int64_t>(set.count));
  CHECK_OK(statements_.event.run());
  ++events_;
  // Of a call that failed it is not known whose mask it is.
  const bool is_done = !set.result || *set.result >= 0;
  if (set.target && set.effective && is_done) {
    threads_[set.target->tid.value()] = {
        .task = *set.target, .allowed = *set.effective, .row = *target};
  }
  return {};
}

Result<void> Writer::write_state(Thread& thread, trace::Time time) {
  TRY(thread.row, interned_.thread(thread.task));
  statements_.state.bind(1, thread.row)
      .bind(2, nanoseconds(time))
      .bind(3, to_cpu_list(thread.allowed));
  return statements_.state.run();
}

Result<void> Writer::take(const trace::Alive& alive) {
  Thread& thread = threads_[alive.task.tid.value()];
  const bool is_same = thread.row != 0 && thread.task.start_time == alive.task.start_time;
  thread = {.task = alive.task, .allowed = alive.allowed, .row = is_same ? thread.row : 0};
  // Of one that is born there is nothing to say but that it is as its creator: were it narrowed,
  // an event would say so.
  if (alive.born || is_same) return {};
  if (needs_chapter_) return {};
  return write_state(thread, alive.time);
}

Result<void> Writer::take(const trace::Ended& ended) {
  const auto found = threads_.find(ended.tid.value());
  if (found == threads_.end() || found->second.task.start_time != ended.start_time) return {};
  const std::int64_t row = found->second.row;
  threads_.erase(found);
  if (row == 0) return {};
  statements_.exit.bind(1, nanoseconds(ended.time)).bind(2, row);
  return statements_.exit.run();
}

Result<void> Writer::finish_transaction(trace::Time now, bool closed) {
  CHECK_OK(begin());
  if (!needs_chapter_ && chapter_ != 0) {
    // Set back since the last time: what comes next would be found at a time
    // that has passed.
    if (now + disorder < std::max(newest_, committed_)) {
      statements_.ended.bind(1, nanoseconds(newest_)).bind(2, 1).bind(3, chapter_);
      CHECK_OK(statements_.ended.run());
      CHECK_OK(begin_chapter(now));
    }
    statements_.ended.bind(1, nanoseconds(now)).bind(2, closed ? 1 : 0).bind(3, chapter_);
    CHECK_OK(statements_.ended.run());
  }
  CHECK_OK(database_.run("COMMIT"));
  is_open_ = false;
  committed_ = now;
  kept_session_ = session_;
  return {};
}

void Writer::rollback() {
  static_cast<void>(database_.run("ROLLBACK").has_value());
  is_open_ = false;
  needs_chapter_ = true;
  session_ = kept_session_;
  interned_.clear(0);
  for (auto& [tid, thread] : threads_)
    thread.row = 0;
}

Result<std::uint64_t> Writer::bytes() const {
  TRY(const std::int64_t pages, database_.number("PRAGMA page_count"));
  TRY(const std::int64_t free, database_.number("PRAGMA freelist_count"));
  TRY(const std::int64_t size, database_.number("PRAGMA page_size"));
  return static_cast<std::uint64_t>((pages - free) * size);
}

// Rows of chapters that are gone, so many at once that nobody waits long for it.
Result<bool> Writer::drop_rows() const {
  static constexpr const char* drops[] = {
      "DELETE FROM event WHERE id IN (SELECT id FROM event"
      " WHERE id < (SELECT min(first) FROM chapter) ORDER BY id LIMIT 10000)",
      "DELETE FROM remark WHERE id IN (SELECT id FROM remark"
      " WHERE id < (SELECT min(first) FROM chapter) ORDER BY id LIMIT 10000)",
      "DELETE FROM state WHERE thread IN (SELECT state.thread FROM state JOIN thread"
      " ON thread.id = state.thread WHERE thread.chapter < (SELECT min(id) FROM chapter)"
      " ORDER BY state.thread LIMIT 10000)",
      "DELETE FROM thread WHERE id IN (SELECT id FROM thread ORDER BY id LIMIT 10000)"
      " AND chapter < (SELECT min(id) FROM chapter)",
      "DELETE FROM actor WHERE id IN (SELECT id FROM actor ORDER BY id LIMIT 10000)"
      " AND chapter < (SELECT min(id) FROM chapter)",
      "DELETE FROM masks WHERE id IN (SELECT id FROM masks ORDER BY id LIMIT 10000)"
      " AND chapter < (SELECT min(id) FROM chapter)",
      "DELETE FROM outcome WHERE id IN (SELECT id FROM outcome ORDER BY id LIMIT 10000)"
      " AND chapter < (SELECT min(id) FROM chapter)"};
  for (const char* drop : drops) {
    CHECK_OK(database_.run(drop));
    TRY(const std::int64_t dropped, database_.number("SELECT changes()"));
    if (dropped > 0) return true;
  }
  return false;
}

Result<bool> Writer::trim(trace::Time now) {
  if (is_dropping_) {
    TRY(is_dropping_, drop_rows());
    if (is_dropping_) return true;
  }
  TRY(const std::uint64_t used, bytes());
  const bool is_too_large = used > bounds_.bytes;
  const std::string oldest =
      std::string(
          "DELETE FROM chapter WHERE id = (SELECT min(id) FROM chapter)"
          " AND id <> (SELECT max(id) FROM chapter)") +
      (is_too_large ? "" : " AND ended < " + std::to_string(nanoseconds(now - bounds_.age)));
  CHECK_OK(database_.run(oldest.c_str()));
  TRY(const std::int64_t dropped, database_.number("SELECT changes()"));
  is_dropping_ = dropped > 0;
  return is_dropping_;
}

}  // namespace pinfold::history

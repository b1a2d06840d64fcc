#include "history/state.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/try.h"
#include "history/packed.h"
#include "history/row.h"

namespace pinfold::history {
namespace {

// By number and start time: a number may have been another thread's before.
using States = std::map<std::pair<pid_t, std::uint64_t>, ThreadState>;

std::int64_t nanoseconds(trace::Time time) { return time.time_since_epoch().count(); }

Result<void> read_beginning(const Database& database, const Chapter& chapter, trace::Time moment,
                            States& states) {
  TRY(Statement row,
      database.prepare("SELECT t.pid, t.tid, t.start, t.comm, t.cgroup, s.time, s.allowed"
                       " FROM state s JOIN thread t ON t.id = s.thread"
                       " WHERE t.chapter = ? AND s.time <= ?"));
  row.bind(1, chapter.id).bind(2, nanoseconds(moment));
  for (;;) {
    TRY(const bool has_row, row.step());
    if (!has_row) return {};
    ThreadState one;
    one.task = {.pid = Pid(static_cast<pid_t>(row.number(0))),
                .tid = Tid(static_cast<pid_t>(row.number(1))),
                .comm = std::string(row.text(3)),
                .start_time = static_cast<std::uint64_t>(row.number(2)),
                .cgroup = row.maybe_text(4)};
    one.since = trace::Time(std::chrono::nanoseconds(row.number(5)));
    one.allowed = unpack_cpus(row.text(6));
    states[{one.task.tid.value(), one.task.start_time}] = std::move(one);
  }
}

// Of each thread the newest one that was done.
Result<void> read_changes(const Database& database, const Chapter& chapter, std::int64_t last,
                          trace::Time moment, States& states) {
  const std::string newest =
      std::string("SELECT ") + event_columns + " FROM event e" + event_joins +
      " WHERE e.id IN (SELECT max(id) FROM event WHERE id BETWEEN ? AND ? AND time <= ?"
      " AND thread IS NOT NULL AND masks IN (SELECT id FROM masks WHERE effective IS NOT NULL)"
      " AND outcome IN (SELECT id FROM outcome WHERE result IS NULL OR"
      " result >= 0) GROUP BY thread) ORDER BY e.id";
  TRY(Statement event, database.prepare(newest.c_str()));
  event.bind(1, chapter.first).bind(2, last).bind(3, nanoseconds(moment));
  for (;;) {
    TRY(const bool has_row, event.step());
    if (!has_row) return {};
    trace::SetEvent set = read_event(event, chapter.base);
    if (!set.target || !set.effective) continue;
    states[{set.target->tid.value(), set.target->start_time}] = {
        .task = *set.target, .allowed = *set.effective, .since = set.time, .change = set};
  }
}

Result<void> take_off_ended(const Database& database, const Chapter& chapter, trace::Time moment,
                            States& states) {
  TRY(Statement ended,
      database.prepare("SELECT tid, start FROM thread WHERE chapter = ? AND ended <= ?"));
  ended.bind(1, chapter.id).bind(2, nanoseconds(moment));
  for (;;) {
    TRY(const bool has_row, ended.step());
    if (!has_row) return {};
    states.erase(
        {static_cast<pid_t>(ended.number(0)), static_cast<std::uint64_t>(ended.number(1))});
  }
}

}  // namespace

Result<std::vector<ThreadState>> read_states(const Database& database, const Chapter& chapter,
                                             std::int64_t last, trace::Time moment) {
  States states;
  CHECK_OK(read_beginning(database, chapter, moment, states));
  CHECK_OK(read_changes(database, chapter, last, moment, states));
  CHECK_OK(take_off_ended(database, chapter, moment, states));
  std::vector<ThreadState> list;
  list.reserve(states.size());
  for (auto& [key, one] : states)
    list.push_back(std::move(one));
  std::ranges::stable_sort(list, {}, [](const ThreadState& one) {
    return std::pair(one.task.pid.value(), one.task.tid.value());
  });
  return list;
}

}  // namespace pinfold::history

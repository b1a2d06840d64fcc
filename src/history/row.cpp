#include "history/row.h"

#include <cstring>
#include <optional>
#include <string_view>

#include "events/names.h"
#include "history/packed.h"

namespace pinfold::history {
namespace {

using trace::Actor;
using trace::SetEvent;
using trace::TargetTask;

// Columns from left to right.
class Columns {
 public:
  explicit Columns(const Statement& row) : row_(row) {}

  std::int64_t number() { return row_.number(next_++); }
  std::optional<std::int64_t> maybe_number() { return row_.maybe_number(next_++); }
  std::string text() { return std::string(row_.text(next_++)); }
  std::optional<std::string> maybe_text() { return row_.maybe_text(next_++); }
  std::optional<CpuSet> cpus() {
    const auto list = maybe_text();
    return list ? std::optional(unpack_cpus(*list)) : std::nullopt;
  }
  /// One of the words from the first value of Enum to `last`; else that, or nothing.
  template <class Enum>
  std::optional<Enum> word(Enum last) {
    const std::string_view text = row_.text(next_++);
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      if (text == trace::name_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
  [[nodiscard]] bool is_null() const { return row_.is_null(next_); }
  void skip(int columns) { next_ += columns; }

 private:
  const Statement& row_;
  int next_ = 0;
};

template <class Id>
std::optional<Id> id_of(const std::optional<std::int64_t>& number) {
  return number ? std::optional(Id(static_cast<pid_t>(*number))) : std::nullopt;
}

std::optional<Actor> read_actor(Columns& columns) {
  constexpr int all = 12;
  if (columns.is_null()) {
    columns.skip(all);
    return std::nullopt;
  }
  Actor actor;
  actor.pid = Pid(static_cast<pid_t>(columns.number()));
  actor.tid = Tid(static_cast<pid_t>(columns.number()));
  actor.start_time = static_cast<std::uint64_t>(columns.number());
  actor.ns_pid = id_of<Pid>(columns.maybe_number());
  actor.ns_tid = id_of<Tid>(columns.maybe_number());
  actor.comm = columns.text();
  actor.exe = columns.maybe_text();
  if (const auto uid = columns.maybe_number()) actor.uid = static_cast<uid_t>(*uid);
  actor.cgroup = columns.maybe_text();
  actor.container = columns.maybe_text();
  actor.abi = columns.word(trace::CallAbi::arm);
  actor.parents = unpack_parents(columns.text());
  return actor;
}

std::optional<TargetTask> read_target(Columns& columns) {
  constexpr int all = 5;
  if (columns.is_null()) {
    columns.skip(all);
    return std::nullopt;
  }
  TargetTask target;
  target.pid = Pid(static_cast<pid_t>(columns.number()));
  target.tid = Tid(static_cast<pid_t>(columns.number()));
  target.start_time = static_cast<std::uint64_t>(columns.number());
  target.comm = columns.text();
  target.cgroup = columns.maybe_text();
  return target;
}

void read_outcome(Columns& columns, SetEvent& event) {
  event.relation = columns.word(trace::Relation::other);
  event.old_from = columns.word(trace::OldFrom::unknown).value_or(trace::OldFrom::unknown);
  event.result = columns.maybe_number();
  event.cause = columns.word(trace::Cause::unknown).value_or(trace::Cause::unknown);
  event.attribution =
      columns.word(trace::Attribution::unknown).value_or(trace::Attribution::unknown);
  event.trusted = columns.number() != 0;
  if (const auto narrowed = columns.maybe_number()) event.narrowed = *narrowed != 0;
  event.by = columns.maybe_text();
  event.callers = unpack_callers(columns.text());
  const auto pid = columns.maybe_number();
  const auto length = columns.maybe_number();
  const auto mask = columns.maybe_number();
  if (!pid || !length || !mask) return;
  event.arguments = trace::CallArguments{.pid = static_cast<std::int32_t>(*pid),
                                         .length = static_cast<std::uint64_t>(*length),
                                         .mask = static_cast<std::uint64_t>(*mask)};
}

}  // namespace

const char* const event_columns =
    "e.id, e.time, e.cpu, e.count, "
    "a.pid, a.tid, a.start, a.ns_pid, a.ns_tid, a.comm, a.exe, a.uid, a.cgroup, a.container, "
    "a.abi, "
    "a.parents, t.pid, t.tid, t.start, t.comm, t.cgroup, "
    "m.old, m.request, m.kernel_request, m.effective, "
    "o.relation, o.old_from, o.result, o.cause, o.attribution, o.trusted, o.narrowed, o.by, "
    "o.callers, o.pid, o.length, o.mask";

const char* const event_joins =
    " LEFT JOIN actor a ON a.id = e.actor LEFT JOIN thread t ON t.id = e.thread"
    " JOIN masks m ON m.id = e.masks JOIN outcome o ON o.id = e.outcome";

SetEvent read_event(const Statement& row, std::int64_t base) {
  Columns columns(row);
  SetEvent event;
  event.seq = static_cast<std::uint64_t>(columns.number() - base);
  event.time = trace::Time(std::chrono::nanoseconds(columns.number()));
  if (const auto cpu = columns.maybe_number()) event.cpu = CpuId(static_cast<unsigned>(*cpu));
  event.count = static_cast<std::uint64_t>(columns.number());
  event.actor = read_actor(columns);
  event.target = read_target(columns);
  event.old = columns.cpus();
  event.request = columns.cpus();
  event.kernel_request = columns.cpus();
  event.effective = columns.cpus();
  read_outcome(columns, event);
  return event;
}

}  // namespace pinfold::history

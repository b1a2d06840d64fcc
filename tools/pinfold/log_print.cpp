#include "log_print.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "events/json.h"
#include "events/json_text.h"
#include "events/names.h"
#include "events/text.h"
#include "events/text_line.h"

namespace pinfold::tool {
namespace {

using trace::Look;
using trace::TextLine;
using trace::Time;

void put(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::putc('\n', stdout);
}

// "Friday, 2026-11-27"
std::string day_of(Time time) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%A, %Y-%m-%d", &local);
  return text.data();
}

std::string text(const history::Gap& gap, bool color) {
  TextLine line(color);
  line.put(trace::clock_text(gap.from), Look::faint).column(14);
  if (gap.count > 0) {
    line.put(std::to_string(gap.count) + (gap.count == 1 ? " event" : " events") +
                 " could not be recorded",
             Look::alarm);
  } else {
    line.put("nothing recorded", Look::alarm);
  }
  const bool same_day = day_of(gap.from) == day_of(gap.to);
  const std::string until = " until " + (same_day ? "" : day_of(gap.to) + ", ");
  line.put(gap.open ? " since" : until + trace::clock_text(gap.to));
  if (gap.reason != "nothing was recorded") line.put(": " + safe_text(gap.reason));
  return std::move(line).take();
}

// Who made it so, in some words.
std::string origin_of(const history::ThreadState& state) {
  if (!state.change) return "so when the recording began";
  const trace::SetEvent& change = *state.change;
  const std::string who =
      change.actor ? trace::task_text(change.actor->comm, change.actor->pid, change.actor->tid)
                   : "unknown";
  switch (change.cause) {
    case trace::Cause::syscall:
      return change.relation == trace::Relation::self ? "set by itself" : "set by " + who;
    case trace::Cause::inheritance:
      return "inherited from " + who;
    case trace::Cause::cpuset_write:
    case trace::Cause::cgroup_move:
      return std::string(change.cause == trace::Cause::cgroup_move ? "cgroup move"
                                                                   : "cpuset write") +
             " by " + who + (change.by ? ": " + safe_text(*change.by) : "");
    case trace::Cause::hotplug:
    case trace::Cause::fallback:
    case trace::Cause::unknown:
      break;
  }
  return std::string("cause: ") + trace::name_of(change.cause);
}

std::string json(const history::ThreadState& state, Time moment) {
  trace::JsonText json;
  json.open().add("schema_version", 1).add("event", "state").add("time", moment);
  json.open("target").add("pid", state.task.pid).add("tid", state.task.tid);
  json.add("comm", state.task.comm).add("start", state.task.start_time);
  json.add("cgroup", state.task.cgroup).close();
  json.add("allowed", state.allowed).add("since", state.since);
  if (state.change && state.change->actor) {
    const trace::Actor& actor = *state.change->actor;
    json.open("actor").add("pid", actor.pid).add("tid", actor.tid);
    json.add("comm", actor.comm).add("exe", actor.exe).add("uid", actor.uid).close();
  } else {
    json.null("actor");
  }
  state.change ? json.add("cause", trace::name_of(state.change->cause)) : json.null("cause");
  return std::move(json.close()).take();
}

}  // namespace

void LogPrinter::print_day(Time time) {
  std::string day = day_of(time);
  if (day == day_) return;
  TextLine line(color_);
  line.put(day, Look::strong);
  put(std::move(line).take());
  day_ = std::move(day);
}

void LogPrinter::print_text(const history::Entry& entry) {
  if (const auto* gap = std::get_if<history::Gap>(&entry)) {
    print_day(gap->from);
    return put(text(*gap, color_));
  }
  const auto& event = std::get<trace::Event>(entry);
  const trace::TextStyle style{.color = color_, .cpu_ids = cpu_ids_};
  if (const auto* set = std::get_if<trace::SetEvent>(&event)) {
    print_day(set->time);
    return put(trace::to_text(event, style));
  }
  if (const auto* start = std::get_if<trace::StartEvent>(&event)) cpu_ids_ = start->cpu_ids;
  const auto* lost = std::get_if<trace::LostEvent>(&event);
  const auto* suppressed = std::get_if<trace::SuppressedEvent>(&event);
  if (!lost && !suppressed) return;
  print_day(lost ? lost->to : suppressed->time);
  put(trace::to_text(event, style));
}

void LogPrinter::print(const history::Entry& entry) {
  const auto* event = std::get_if<trace::Event>(&entry);
  if (event && std::holds_alternative<trace::SetEvent>(*event)) ++changes_;
  if (!json_) return print_text(entry);
  put(event ? trace::to_json(*event) : history::remark_text(std::get<history::Gap>(entry)));
}

void LogPrinter::print(const history::ThreadState& state, Time moment) const {
  if (json_) return put(json(state, moment));
  constexpr std::size_t column_mask = 28;
  constexpr std::size_t column_since = 46;
  TextLine line(color_);
  line.put(trace::task_text(state.task.comm, state.task.pid, state.task.tid));
  line.column(column_mask).put(trace::short_list(state.allowed), Look::strong);
  line.column(column_since).put("since " + trace::clock_text(state.since), Look::faint);
  line.put("  " + origin_of(state));
  put(std::move(line).take());
}

}  // namespace pinfold::tool

#include "history/remark.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/number.h"
#include "events/json.h"
#include "events/json_text.h"

namespace pinfold::history {
namespace {

using nlohmann::json;

template <class Value>
Value get(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  const auto* value = found->get_ptr<
      const std::conditional_t<std::is_same_v<Value, std::string>, json::string_t,
                               std::conditional_t<std::is_same_v<Value, bool>, json::boolean_t,
                                                  json::number_unsigned_t>>*>();
  return value ? static_cast<Value>(*value) : Value();
}

std::string text(const json& object, const char* key) { return get<std::string>(object, key); }
std::uint64_t number(const json& object, const char* key) {
  return get<std::uint64_t>(object, key);
}

// What json_text.h writes: "2026-11-21T18:00:00.123456789Z".
trace::Time time(const json& object, const char* key) {
  const std::string whole = text(object, key);
  constexpr std::size_t length = 30;
  if (whole.size() != length) return {};
  const auto part = [&](std::size_t at, std::size_t size) {
    const auto value = parse_number<unsigned>(std::string_view(whole).substr(at, size));
    return value ? *value : 0U;
  };
  using namespace std::chrono;
  const year_month_day date(year(static_cast<int>(part(0, 4))), month(part(5, 2)), day(part(8, 2)));
  // Nanoseconds reach no further.
  if (!date.ok() || date.year() < year(1678) || date.year() > year(2261)) return {};
  return trace::Time(sys_days(date)) + hours(part(11, 2)) + minutes(part(14, 2)) +
         seconds(part(17, 2)) + nanoseconds(part(20, 9));
}

trace::StartEvent read_start(const json& object) {
  trace::StartEvent start{.time = time(object, "time"),
                          .seq = number(object, "seq"),
                          .kernel = text(object, "kernel"),
                          .cpu_ids = static_cast<unsigned>(number(object, "cpu_ids")),
                          .sampled = get<bool>(object, "sampled"),
                          .legs = {}};
  const auto legs = object.find("legs");
  if (legs == object.end()) return start;
  for (const json& leg : *legs) {
    start.legs.push_back({.name = text(leg, "name"),
                          .chosen = text(leg, "chosen"),
                          .reason = text(leg, "reason"),
                          .blind = text(leg, "blind")});
  }
  return start;
}

trace::LostEvent read_lost(const json& object) {
  trace::LostEvent lost{.seq = number(object, "seq"),
                        .count = number(object, "count"),
                        .others = number(object, "others"),
                        .from = time(object, "from"),
                        .to = time(object, "to"),
                        .cpu = {}};
  if (object.contains("cpu") && !object["cpu"].is_null())
    lost.cpu = CpuId(static_cast<unsigned>(number(object, "cpu")));
  return lost;
}

trace::SuppressedEvent read_suppressed(const json& object) {
  trace::SuppressedEvent suppressed{.time = time(object, "time"),
                                    .seq = number(object, "seq"),
                                    .actor = {},
                                    .comm = {},
                                    .count = number(object, "count")};
  if (const auto actor = object.find("actor"); actor != object.end()) {
    suppressed.actor = Pid(static_cast<pid_t>(number(*actor, "pid")));
    suppressed.comm = text(*actor, "comm");
  }
  return suppressed;
}

std::optional<Entry> read(const json& object) {
  const std::string event = text(object, "event");
  if (event == "start") return read_start(object);
  if (event == "lost") return read_lost(object);
  if (event == "suppressed") return read_suppressed(object);
  if (event == "snapshot") {
    return trace::SnapshotEvent{.time = time(object, "time"),
                                .seq = number(object, "seq"),
                                .reason = text(object, "reason"),
                                .threads = number(object, "threads"),
                                .changed = number(object, "changed")};
  }
  if (event == "end") {
    return trace::EndEvent{.time = time(object, "time"),
                           .seq = number(object, "seq"),
                           .seen = number(object, "seen"),
                           .sent = number(object, "sent"),
                           .lost = number(object, "lost"),
                           .suppressed = number(object, "suppressed"),
                           .lost_others = number(object, "lost_others")};
  }
  if (event == "unrecorded") {
    return Gap{.from = time(object, "from"),
               .to = time(object, "to"),
               .count = number(object, "count"),
               .reason = text(object, "reason")};
  }
  return std::nullopt;
}

}  // namespace

std::string remark_text(const trace::Event& event) {
  const bool is_change = std::holds_alternative<trace::SetEvent>(event) ||
                         std::holds_alternative<trace::GetEvent>(event);
  return is_change ? std::string() : trace::to_json(event);
}

std::string remark_text(const Gap& gap) {
  trace::JsonText json;
  json.open().add("schema_version", 1).add("event", "unrecorded");
  json.add("count", gap.count).add("from", gap.from).add("to", gap.to);
  return std::move(json.add("reason", gap.reason).close()).take();
}

Result<Entry> read_remark(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  if (object.is_object()) {
    if (auto remark = read(object)) return std::move(*remark);
  }
  return fail({.kind = ErrorKind::unsupported,
               .text = "the history",
               .reason = "a line of it cannot be read: " + std::string(text)});
}

}  // namespace pinfold::history

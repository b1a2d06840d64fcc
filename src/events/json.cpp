#include "events/json.h"

#include "events/json_text.h"
#include "events/names.h"

namespace pinfold::trace {
namespace {

constexpr int schema_version = 1;

JsonText line(const char* event) {
  JsonText json;
  json.open().add("schema_version", schema_version).add("event", event);
  return json;
}

std::string finished(JsonText json) { return std::move(json.close()).take(); }

template <class Enum>
void add_name(JsonText& json, std::string_view key, const std::optional<Enum>& value) {
  value ? json.add(key, name_of(*value)) : json.null(key);
}

void add_text(JsonText& json, std::string_view key, const std::string& text) {
  text.empty() ? json.null(key) : json.add(key, text);
}

void add(JsonText& json, const Actor& actor) {
  json.open("actor").add("pid", actor.pid).add("tid", actor.tid);
  json.add("ns_pid", actor.ns_pid).add("ns_tid", actor.ns_tid);
  json.add("comm", actor.comm).add("exe", actor.exe).add("uid", actor.uid);
  json.add("cgroup", actor.cgroup).add("container", actor.container);
  add_name(json, "abi", actor.abi);
  json.open_list("parents");
  for (const Ancestor& parent : actor.parents)
    json.open().add("pid", parent.pid).add("comm", parent.comm).close();
  json.close_list();
  actor.start_time == 0 ? json.null("start") : json.add("start", actor.start_time);
  json.close();
}

void add(JsonText& json, const std::optional<TargetTask>& target) {
  if (!target) {
    json.null("target");
    return;
  }
  json.open("target").add("pid", target->pid).add("tid", target->tid).add("comm", target->comm);
  json.add("start", target->start_time).add("cgroup", target->cgroup).close();
}

void add(JsonText& json, const std::optional<CallArguments>& arguments) {
  if (!arguments) {
    json.null("arguments");
    return;
  }
  json.open("arguments").add("pid", arguments->pid).add("cpusetsize", arguments->length);
  json.add("mask", address_text(arguments->mask)).close();
}

void add_result(JsonText& json, const std::optional<std::int64_t>& result) {
  json.add("ret", result);
  result && *result < 0 ? json.add("error", errno_name(*result)) : json.null("error");
}

void add(JsonText& json, const std::vector<Frame>& callers) {
  json.open_list("callers");
  for (const Frame& frame : callers) {
    json.open();
    add_text(json, "module", frame.module);
    json.add("offset", address_text(frame.offset)).close();
  }
  json.close_list();
}

std::string text(const StartEvent& start) {
  JsonText json = line("start");
  json.add("time", start.time).add("seq", start.seq).add("kernel", start.kernel);
  json.add("cpu_ids", start.cpu_ids).add("sampled", start.sampled).open_list("legs");
  for (const Leg& leg : start.legs) {
    json.open().add("name", leg.name);
    add_text(json, "chosen", leg.chosen);
    add_text(json, "reason", leg.reason);
    add_text(json, "blind", leg.blind);
    json.close();
  }
  json.close_list();
  return finished(std::move(json));
}

std::string text(const SetEvent& set) {
  JsonText json = line("set");
  json.add("time", set.time).add("seq", set.seq).add("cpu", set.cpu);
  set.actor ? add(json, *set.actor) : static_cast<void>(json.null("actor"));
  add(json, set.target);
  add_name(json, "relation", set.relation);
  json.add("old", set.old).add("old_from", name_of(set.old_from));
  json.add("request", set.request).add("kernel_request", set.kernel_request);
  json.add("effective", set.effective);
  add_result(json, set.result);
  json.add("cause", name_of(set.cause)).add("attribution", name_of(set.attribution));
  json.add("trusted", set.trusted).add("narrowed", set.narrowed).add("by", set.by);
  add(json, set.arguments);
  add(json, set.callers);
  json.add("count", set.count);
  return finished(std::move(json));
}

std::string text(const GetEvent& get) {
  JsonText json = line("get");
  json.add("time", get.time).add("seq", get.seq).add("cpu", get.cpu);
  add(json, get.actor);
  add(json, get.target);
  add_name(json, "relation", get.relation);
  json.add("answer", get.answer);
  add_result(json, get.result);
  add(json, get.arguments);
  json.add("count", get.count);
  return finished(std::move(json));
}

std::string text(const LostEvent& lost) {
  JsonText json = line("lost");
  json.add("count", lost.count).add("from", lost.from).add("to", lost.to).add("cpu", lost.cpu);
  json.add("seq", lost.seq).add("others", lost.others);
  return finished(std::move(json));
}

std::string text(const SuppressedEvent& suppressed) {
  JsonText json = line("suppressed");
  json.add("time", suppressed.time).add("seq", suppressed.seq);
  json.open("actor").add("pid", suppressed.actor).add("comm", suppressed.comm).close();
  json.add("count", suppressed.count);
  return finished(std::move(json));
}

std::string text(const SnapshotEvent& snapshot) {
  JsonText json = line("snapshot");
  json.add("time", snapshot.time).add("seq", snapshot.seq).add("reason", snapshot.reason);
  json.add("threads", snapshot.threads).add("changed", snapshot.changed);
  return finished(std::move(json));
}

std::string text(const EndEvent& end) {
  JsonText json = line("end");
  json.add("time", end.time).add("seq", end.seq).add("seen", end.seen).add("sent", end.sent);
  json.add("lost", end.lost).add("suppressed", end.suppressed);
  json.add("lost_others", end.lost_others);
  return finished(std::move(json));
}

}  // namespace

std::string to_json(const Event& event) {
  return std::visit([](const auto& one) { return text(one); }, event);
}

}  // namespace pinfold::trace

#include "timeline/event_json.h"

#include "events/names.h"

namespace pinfold::tool {

using trace::JsonText;

std::string actor_json(const trace::Actor& actor) {
  JsonText json;
  json.open().add("pid", actor.pid).add("tid", actor.tid);
  put_known(json, "ns_pid", actor.ns_pid);
  put_known(json, "ns_tid", actor.ns_tid);
  json.add("comm", actor.comm);
  put_known(json, "exe", actor.exe);
  put_known(json, "uid", actor.uid);
  put_known(json, "cgroup", actor.cgroup);
  put_known(json, "container", actor.container);
  if (actor.abi) json.add("abi", trace::name_of(*actor.abi));
  if (!actor.parents.empty()) {
    json.open_list("parents");
    for (const trace::Ancestor& parent : actor.parents)
      json.open().add("pid", parent.pid).add("comm", parent.comm).close();
    json.close_list();
  }
  return std::move(json.close()).take();
}

std::string target_json(const trace::TargetTask& target, std::optional<std::size_t> row) {
  JsonText json;
  json.open().add("pid", target.pid).add("tid", target.tid).add("comm", target.comm);
  json.add("start", target.start_time);
  put_known(json, "cgroup", target.cgroup);
  put_known(json, "thread", row);
  return std::move(json.close()).take();
}

void put_result(JsonText& json, std::int64_t result) {
  json.add("ret", result);
  if (result < 0) json.add("error", trace::errno_name(result));
}

void put_arguments(JsonText& json, const trace::CallArguments& arguments) {
  json.open("arguments").add("pid", arguments.pid).add("cpusetsize", arguments.length);
  json.add("mask", trace::address_text(arguments.mask)).close();
}

void put_callers(JsonText& json, const std::vector<trace::Frame>& callers) {
  if (callers.empty()) return;
  json.open_list("callers");
  for (const trace::Frame& frame : callers) {
    json.open();
    if (!frame.module.empty()) json.add("module", frame.module);
    json.add("offset", trace::address_text(frame.offset)).close();
  }
  json.close_list();
}

void put_legs(JsonText& json, const std::vector<trace::Leg>& legs) {
  json.open_list("legs");
  for (const trace::Leg& leg : legs) {
    json.open().add("name", leg.name).add("chosen", leg.chosen);
    json.add("reason", leg.reason).add("blind", leg.blind).close();
  }
  json.close_list();
}

std::string script_safe(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

}  // namespace pinfold::tool

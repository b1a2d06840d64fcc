#include "events/tracee.h"

#include "events/json_text.h"
#include "events/names.h"

namespace pinfold::trace {
namespace {

struct Twin {
  int id;
  const char* name;
};

// Tracee's own numbers, the same for every architecture.
constexpr Twin set_twin{204, "sched_setaffinity"};
constexpr Twin get_twin{205, "sched_getaffinity"};

template <class Value>
void add_known(JsonText& json, std::string_view key, const std::optional<Value>& value) {
  if (value) json.add(key, *value);
}

JsonText head(const Twin& twin, Time time, const Actor& actor) {
  JsonText json;
  json.open().add("timestamp", time).add("id", twin.id).add("name", twin.name);
  json.open("policies").open_list("matched").close_list().close();
  json.open("workload").open("process");
  if (actor.exe) json.open("executable").add("path", *actor.exe).close();
  json.add("host_pid", actor.pid);
  add_known(json, "pid", actor.ns_pid);
  if (actor.uid) json.open("real_user").add("id", *actor.uid).close();
  json.open("thread").add("name", actor.comm).add("host_tid", actor.tid);
  add_known(json, "tid", actor.ns_tid);
  json.add("syscall", twin.name);
  json.add("compat", actor.abi == CallAbi::i386 || actor.abi == CallAbi::arm);
  json.close().open_list("ancestors");
  for (const Ancestor& parent : actor.parents) {
    json.open().add("host_pid", parent.pid);
    json.open("thread").add("name", parent.comm).close().close();
  }
  json.close_list().close();
  if (actor.container) json.open("container").add("id", *actor.container).close();
  json.close().open_list("data");
  return json;
}

// A value as protobuf writes it: with the name of its type as the key, 64 bits as a string.
template <class Value>
void add_value(JsonText& json, const char* name, const char* type, const Value& value) {
  json.open().add("name", name).add(type, value).close();
}

void add_arguments(JsonText& json, const CallArguments& arguments, std::int64_t result) {
  add_value(json, "pid", "int32", arguments.pid);
  add_value(json, "cpusetsize", "u_int64", std::to_string(arguments.length));
  add_value(json, "mask", "pointer", std::to_string(arguments.mask));
  add_value(json, "returnValue", "int64", std::to_string(result));
}

template <class Value>
void add_known_str(JsonText& json, const char* name, const std::optional<Value>& value) {
  if (value) add_value(json, name, "str", *value);
}

void add_target(JsonText& json, const std::optional<TargetTask>& target,
                const std::optional<Relation>& relation) {
  if (relation) add_value(json, "relation", "str", name_of(*relation));
  if (!target) return;
  add_value(json, "targetPid", "int32", target->pid);
  add_value(json, "targetTid", "int32", target->tid);
  add_value(json, "targetComm", "str", target->comm);
  add_value(json, "targetStart", "u_int64", std::to_string(target->start_time));
  add_known_str(json, "targetCgroup", target->cgroup);
}

std::string finished(JsonText json) { return std::move(json.close_list().close()).take(); }

std::optional<std::string> text(const SetEvent& set) {
  if (!set.actor || !set.arguments || !set.result) return std::nullopt;
  JsonText json = head(set_twin, set.time, *set.actor);
  add_arguments(json, *set.arguments, *set.result);
  add_target(json, set.target, set.relation);
  add_known_str(json, "old", set.old);
  add_known_str(json, "request", set.request);
  add_known_str(json, "kernelRequest", set.kernel_request);
  add_known_str(json, "effective", set.effective);
  add_value(json, "trusted", "bool", set.trusted);
  if (set.narrowed) add_value(json, "narrowed", "bool", *set.narrowed);
  add_known_str(json, "cgroup", set.actor->cgroup);
  add_value(json, "seq", "u_int64", std::to_string(set.seq));
  add_value(json, "count", "u_int64", std::to_string(set.count));
  return finished(std::move(json));
}

std::optional<std::string> text(const GetEvent& get) {
  JsonText json = head(get_twin, get.time, get.actor);
  add_arguments(json, get.arguments, get.result);
  add_target(json, get.target, get.relation);
  add_known_str(json, "answer", get.answer);
  add_known_str(json, "cgroup", get.actor.cgroup);
  add_value(json, "seq", "u_int64", std::to_string(get.seq));
  add_value(json, "count", "u_int64", std::to_string(get.count));
  return finished(std::move(json));
}

template <class Other>
std::optional<std::string> text(const Other&) {
  return std::nullopt;
}

}  // namespace

std::optional<std::string> to_tracee(const Event& event) {
  return std::visit([](const auto& one) { return text(one); }, event);
}

}  // namespace pinfold::trace

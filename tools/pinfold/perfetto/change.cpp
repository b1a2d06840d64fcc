#include "perfetto/change.h"

#include <string>

#include "events/json_text.h"
#include "events/names.h"
#include "events/text_line.h"
#include "perfetto/annotations.h"

namespace pinfold::tool {
namespace {

const char* verb(trace::Cause cause) {
  switch (cause) {
    case trace::Cause::syscall:
      return "set";
    case trace::Cause::cpuset_write:
      return "cpuset";
    case trace::Cause::cgroup_move:
      return "cgroup move";
    case trace::Cause::hotplug:
      return "hotplug";
    case trace::Cause::fallback:
      return "fallback";
    case trace::Cause::inheritance:
      return "inherited";
    case trace::Cause::unknown:
      break;
  }
  return "changed";
}

std::string by(const trace::Actor& actor, std::uint64_t count) {
  std::string text = " by " + (actor.comm.empty() ? std::string("?") : actor.comm);
  if (count > 1) text += " (" + std::to_string(count) + " times)";
  return text;
}

std::string list(const std::optional<CpuSet>& cpus) {
  return cpus ? trace::short_list(*cpus) : std::string("?");
}

bool has_failed(const trace::SetEvent& set) { return set.result && *set.result < 0; }

std::string name_of_change(const trace::SetEvent& set) {
  std::string name;
  if (has_failed(set)) {
    name = trace::errno_name(*set.result) + ": " + verb(set.cause) + ' ' + list(set.request);
  } else {
    name = verb(set.cause);
    if (set.old) name += ' ' + list(set.old);
    name += " → " + list(set.effective ? set.effective : set.request);
    if (set.narrowed.value_or(false)) name += " (narrowed)";
  }
  if (set.actor) name += by(*set.actor, set.count);
  return name;
}

void add_actor(Annotations& arguments, const trace::Actor& actor) {
  arguments.add("actor_comm", actor.comm)
      .add("actor_pid", actor.pid)
      .add("actor_tid", actor.tid)
      .add("actor_ns_pid", actor.ns_pid)
      .add("actor_ns_tid", actor.ns_tid)
      .add("actor_exe", actor.exe)
      .add("actor_uid", actor.uid)
      .add("actor_cgroup", actor.cgroup)
      .add("actor_container", actor.container);
  if (actor.abi) arguments.add("actor_abi", trace::name_of(*actor.abi));
  std::string parents;
  for (const trace::Ancestor& parent : actor.parents) {
    if (!parents.empty()) parents += " < ";
    parents += parent.comm + " (" + std::to_string(parent.pid.value()) + ')';
  }
  if (!parents.empty()) arguments.add("actor_parents", parents);
}

void add_target(Annotations& arguments, const std::optional<trace::TargetTask>& target,
                const std::optional<trace::Relation>& relation) {
  if (relation) arguments.add("relation", trace::name_of(*relation));
  if (!target) return;
  arguments.add("target_comm", target->comm)
      .add("target_pid", target->pid)
      .add("target_tid", target->tid)
      .add("target_start", target->start_time)
      .add("target_cgroup", target->cgroup);
}

void add_call(Annotations& arguments, const std::optional<trace::CallArguments>& call,
              const std::optional<std::int64_t>& result) {
  if (call) {
    arguments.add("call_pid", call->pid).add("call_length", call->length);
    arguments.add_address("call_mask", call->mask);
  }
  arguments.add("ret", result);
  if (result && *result < 0) arguments.add("error", trace::errno_name(*result));
}

std::string callers_text(const std::vector<trace::Frame>& callers) {
  std::string text;
  for (const trace::Frame& frame : callers) {
    if (!text.empty()) text += " < ";
    if (!frame.module.empty()) text += frame.module + '+';
    text += trace::address_text(frame.offset);
  }
  return text;
}

}  // namespace

ProtoMessage change_event(TrackId track, const trace::SetEvent& set) {
  ProtoMessage event =
      instant(track, name_of_change(set), has_failed(set) ? "refused" : trace::name_of(set.cause));
  Annotations arguments(event);
  arguments.add("seq", set.seq).add("time", trace::utc_text(set.time)).add("cpu", set.cpu);
  arguments.add("cause", trace::name_of(set.cause))
      .add("attribution", trace::name_of(set.attribution))
      .add("trusted", set.trusted)
      .add("old", set.old)
      .add("old_from", trace::name_of(set.old_from))
      .add("request", set.request)
      .add("kernel_request", set.kernel_request)
      .add("effective", set.effective)
      .add("narrowed", set.narrowed)
      .add("by", set.by)
      .add("count", set.count);
  add_call(arguments, set.arguments, set.result);
  add_target(arguments, set.target, set.relation);
  if (set.actor) add_actor(arguments, *set.actor);
  if (!set.callers.empty()) arguments.add("callers", callers_text(set.callers));
  return event;
}

ProtoMessage change_event(TrackId track, const trace::GetEvent& get) {
  const bool failed = get.result < 0;
  const std::string name =
      failed ? trace::errno_name(get.result) + ": get" : "get " + list(get.answer);
  ProtoMessage event = instant(track, name + by(get.actor, get.count), failed ? "refused" : "get");
  Annotations arguments(event);
  arguments.add("seq", get.seq).add("time", trace::utc_text(get.time)).add("cpu", get.cpu);
  arguments.add("answer", get.answer).add("count", get.count);
  add_call(arguments, get.arguments, get.result);
  add_target(arguments, get.target, get.relation);
  add_actor(arguments, get.actor);
  return event;
}

}  // namespace pinfold::tool

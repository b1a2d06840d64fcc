#include "trace/explain_change.h"

#include <algorithm>
#include <ranges>

namespace pinfold::trace {
namespace {

enum class Verdict {
  no,
  yes,
  perhaps
};

bool is_in_or_below(std::string_view cgroup, std::string_view above) {
  if (above == "/") return true;
  return cgroup.starts_with(above) &&
         (cgroup.size() == above.size() || cgroup[above.size()] == '/');
}

Verdict judge_write(const MaskChange& change, const Trigger& trigger) {
  if (trigger.everywhere) return Verdict::yes;
  if (!trigger.cgroup || !change.cgroup) return Verdict::perhaps;
  const bool hit = trigger.kind == Trigger::Kind::cgroup_move
                       ? *change.cgroup == *trigger.cgroup
                       : is_in_or_below(*change.cgroup, *trigger.cgroup);
  return hit ? Verdict::yes : Verdict::no;
}

// Whether CPUs went so that the thread had none at some moment: then it was given others.
bool had_none(const CpuSet& mask, const Meanwhile& meanwhile) {
  CpuSet online = meanwhile.online;
  for (const Trigger& trigger : meanwhile.triggers | std::views::reverse) {
    if (trigger.kind != Trigger::Kind::hotplug) continue;
    if (!trigger.online && mask.contains(trigger.cpu) && !mask.intersects(online)) return true;
    // back to what was before it
    if (trigger.online) {
      online.remove(trigger.cpu);
    } else {
      online.add(trigger.cpu);
    }
  }
  return false;
}

struct Hotplug {
  CpuSet went;
  CpuSet came;
};

Hotplug hotplug_in(const Meanwhile& meanwhile) {
  Hotplug hotplug;
  for (const Trigger& trigger : meanwhile.triggers) {
    if (trigger.kind == Trigger::Kind::hotplug) {
      (trigger.online ? hotplug.came : hotplug.went).add(trigger.cpu);
    }
  }
  return hotplug;
}

// A mask follows its cpuset, which loses and gets just these CPUs; one whose CPUs had all gone gets
// them back in place of those it was given.
bool follows(const MaskChange& change, const Hotplug& hotplug) {
  if (hotplug.went.contains(change.before - change.after) &&
      hotplug.came.contains(change.after - change.before)) {
    return true;
  }
  return !change.after.empty() && hotplug.came.contains(change.after);
}

bool same_actor(const std::optional<Actor>& a, const std::optional<Actor>& b) {
  return a && b && a->tid == b->tid && a->start_time == b->start_time && a->start_time != 0;
}

bool same(const Explanation& a, const Explanation& b) {
  return a.cause == b.cause && a.by == b.by && same_actor(a.actor, b.actor);
}

std::string cpu_names(const CpuSet& cpus) {
  std::string names;
  for (const CpuId cpu : cpus)
    names += (names.empty() ? "cpu" : " cpu") + std::to_string(cpu.value());
  return names;
}

// Who switched CPUs, if it was one.
std::optional<Actor> switcher(const Meanwhile& meanwhile) {
  std::optional<Actor> only;
  for (const Trigger& trigger : meanwhile.triggers) {
    if (trigger.kind != Trigger::Kind::hotplug) continue;
    if (!trigger.actor || (only && !same_actor(only, trigger.actor))) return std::nullopt;
    only = trigger.actor;
  }
  return only;
}

std::optional<Explanation> explain_by_hotplug(const MaskChange& change,
                                              const Meanwhile& meanwhile) {
  const Hotplug hotplug = hotplug_in(meanwhile);
  if (hotplug.went.empty() && hotplug.came.empty()) return std::nullopt;
  const auto inferred = [&](Cause cause, const CpuSet& cpus) {
    return Explanation{.cause = cause,
                       .attribution = Attribution::inferred,
                       .actor = switcher(meanwhile),
                       .by = cpu_names(cpus)};
  };
  if (!change.before.contains(change.after) && had_none(change.before, meanwhile)) {
    return inferred(Cause::fallback, hotplug.went & change.before);
  }
  if (follows(change, hotplug)) {
    return inferred(Cause::hotplug, (hotplug.went - change.after) | (hotplug.came & change.after));
  }
  return std::nullopt;
}

// What all have in common.
Explanation common(const std::vector<Explanation>& possible) {
  Explanation all = possible.front();
  for (const Explanation& one : possible | std::views::drop(1)) {
    if (one.cause != all.cause) all.cause = Cause::unknown;
    if (one.by != all.by) all.by = std::nullopt;
    if (!same_actor(one.actor, all.actor)) all.actor = std::nullopt;
  }
  if (possible.size() > 1 && !all.actor) all.attribution = Attribution::unknown;
  return all;
}

}  // namespace

Trigger trigger_of(CgroupWrite write) {
  return {.kind = write.file == CgroupWrite::File::members ? Trigger::Kind::cgroup_move
                                                           : Trigger::Kind::cpuset_write,
          .time = write.time,
          .tid = write.tid,
          .actor = std::move(write.writer),
          .path = std::move(write.path),
          .cgroup = std::move(write.cgroup),
          .everywhere = write.partition};
}

Trigger trigger_of(const CpuChange& change) {
  return {.kind = Trigger::Kind::hotplug,
          .time = change.time,
          .tid = {},
          .actor = {},
          .path = {},
          .cgroup = {},
          .cpu = change.cpu,
          .online = change.online};
}

bool concerns(const Trigger& trigger, const std::optional<std::string>& cgroup) {
  return trigger.kind != Trigger::Kind::hotplug &&
         judge_write({.cgroup = cgroup, .before = {}, .after = {}}, trigger) == Verdict::yes;
}

Explanation explain_change(const MaskChange& change, const Meanwhile& meanwhile) {
  if (meanwhile.missed) return {};
  std::vector<Explanation> possible;
  const auto add = [&possible](Explanation one) {
    const auto is_same = [&one](const Explanation& other) { return same(one, other); };
    if (std::ranges::none_of(possible, is_same)) possible.push_back(std::move(one));
  };
  if (auto hotplug = explain_by_hotplug(change, meanwhile)) add(std::move(*hotplug));
  for (const Trigger& trigger : meanwhile.triggers) {
    if (trigger.kind == Trigger::Kind::hotplug) continue;
    const Verdict verdict = judge_write(change, trigger);
    if (verdict == Verdict::perhaps) return {};
    if (verdict == Verdict::no) continue;
    const bool move = trigger.kind == Trigger::Kind::cgroup_move;
    add({.cause = move ? Cause::cgroup_move : Cause::cpuset_write,
         .attribution = Attribution::inferred,
         .actor = trigger.actor,
         .by = move ? trigger.cgroup : trigger.path});
  }
  return possible.empty() ? Explanation() : common(possible);
}

}  // namespace pinfold::trace

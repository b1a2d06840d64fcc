#include "trace/wanted.h"

#include <string_view>
#include <utility>

namespace pinfold::trace {

Wanted::Side Wanted::side(const std::optional<Tasks>& tasks) {
  Side side;
  if (!tasks) return side;
  side.any = false;
  side.processes.insert(tasks->processes.begin(), tasks->processes.end());
  side.threads.insert(tasks->threads.begin(), tasks->threads.end());
  return side;
}

Wanted::Wanted(const Filter& filter, std::string cgroup)
    : filter_(filter),
      cgroup_(std::move(cgroup)),
      targets_(side(filter.targets)),
      actors_(side(filter.actors)) {}

void Wanted::follow(Pid creator, Tid creating_thread, Pid child) {
  if (!filter_.follow) return;
  for (Side* const side : {&targets_, &actors_}) {
    if (!side->any && side->has(creator, creating_thread)) side->processes.insert(child);
  }
}

void Wanted::include(Pid pid, trace_role role) {
  Side& side = role == trace_wanted_target ? targets_ : actors_;
  if (!side.any) side.processes.insert(pid);
}

void Wanted::forget(Tid tid) {
  for (Side* const side : {&targets_, &actors_})
    side->threads.erase(tid);
}

void Wanted::forget(Pid pid) {
  for (Side* const side : {&targets_, &actors_})
    side->processes.erase(pid);
}

bool Wanted::is_below(const std::optional<std::string>& cgroup) const {
  if (!cgroup) return false;
  if (cgroup_ == "/") return true;
  return cgroup->starts_with(cgroup_) &&
         (cgroup->size() == cgroup_.size() || (*cgroup)[cgroup_.size()] == '/');
}

bool Wanted::has_comm(const std::string& comm) const {
  std::string_view wanted = *filter_.comm;
  const bool beginning = wanted.ends_with('*');
  if (beginning) wanted.remove_suffix(1);
  wanted = wanted.substr(0, trace_name_bytes - 1);  // a task's name is no longer
  return beginning ? comm.starts_with(wanted) : comm == wanted;
}

bool Wanted::has(const SetEvent& change) const {
  if (filter_.only_failed) return false;
  const auto& actor = change.actor;
  const bool by_one = filter_.actors_too && actor && targets_.has(actor->pid, actor->tid);
  if (change.target && !by_one && !targets_.has(change.target->pid, change.target->tid))
    return false;
  if (!actors_.any && !(actor && actors_.has(actor->pid, actor->tid))) return false;
  if (filter_.uid && !(actor && actor->uid == filter_.uid)) return false;
  if (filter_.comm && !(actor && has_comm(actor->comm))) return false;
  if (filter_.cgroup && !is_below(change.target ? change.target->cgroup : std::nullopt) &&
      !(actor && is_below(actor->cgroup))) {
    return false;
  }
  if (!filter_.touches) return true;
  const auto touches = [&](const std::optional<CpuSet>& cpus) {
    return cpus && cpus->intersects(*filter_.touches);
  };
  return touches(change.old) || touches(change.effective);
}

}  // namespace pinfold::trace

#include "trace/known_tasks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/fd.h"
#include "base/file.h"
#include "linux/proc.h"
#include "machine/cgroup.h"
#include "trace/container.h"

namespace pinfold::trace {
namespace {

// An open folder stays the task's: when that is gone its files cannot be read, whoever gets the
// number. So all that is read through it is of one task.
Fd task_folder(const std::string& task) {
  return Fd(::open(("/proc/" + task).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::optional<Task> read_stat(int folder) {
  const auto text = read_file("stat", folder);
  if (!text) return std::nullopt;
  auto task = parse_stat(*text);
  return task ? std::optional(std::move(*task)) : std::nullopt;
}

std::optional<std::string> read_exe(int folder) {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = ::readlinkat(folder, "exe", path.data(), path.size());
  if (length < 0) return std::nullopt;
  return std::string(path.data(), static_cast<std::size_t>(length));
}

std::optional<std::string> read_cgroup(int folder) {
  const auto text = read_file("cgroup", folder);
  if (!text) return std::nullopt;
  const auto cgroup = cpuset_cgroup(*text);
  return cgroup ? std::optional(std::string(*cgroup)) : std::nullopt;
}

}  // namespace

// The folders are opened one by one, and the number of a parent that has just ended may be
// another's then. It is not if the child still says the same after that.
void KnownTasks::add_parents(Known& known, int folder) {
  std::optional<Task> child = read_stat(folder);
  Fd opened;
  while (child && child->parent != Pid()) {
    if (known.parents.size() == nearest_parents) return;
    Fd parent = task_folder(std::to_string(child->parent.value()));
    const auto stat = read_stat(parent.get());
    const auto again = read_stat(folder);
    if (!stat || !again) return;
    if (again->parent != child->parent) {
      child = again;
      continue;
    }
    known.parents.push_back({child->parent, stat->start_time, stat->name});
    opened = std::move(parent);
    folder = opened.get();
    child = stat;
  }
  known.all_parents = child.has_value();
}

std::optional<KnownTasks::Known> KnownTasks::look_up(Pid pid, Tid tid) {
  if (!check_proc()) return std::nullopt;
  const Fd folder =
      task_folder(std::to_string(pid.value()) + "/task/" + std::to_string(tid.value()));
  const auto stat = read_stat(folder.get());
  if (!stat) return std::nullopt;
  Known known{.pid = pid, .tid = tid, .start_time = stat->start_time, .comm = stat->name};
  const auto leader =
      tid == pid.leader() ? stat : read_stat(task_folder(std::to_string(pid.value())).get());
  if (leader) known.process_start = leader->start_time;
  known.exe = read_exe(folder.get());
  known.cgroup = read_cgroup(folder.get());
  if (known.cgroup) known.container = container_of(*known.cgroup);
  add_parents(known, folder.get());
  return known;
}

// A thread that has ended, of a process that may be there. A process that began before it and is
// there now was there all the time between, and had the number.
KnownTasks::Known KnownTasks::look_up_process_of(Pid pid, Tid tid, std::uint64_t start_time) {
  Known known{.pid = pid, .tid = tid, .start_time = start_time};
  if (tid == pid.leader()) return known;
  auto leader = look_up(pid, pid.leader());
  if (!leader || leader->start_time > start_time) return known;
  known.process_start = leader->start_time;
  known.exe = std::move(leader->exe);
  known.container = std::move(leader->container);
  known.parents = std::move(leader->parents);
  known.all_parents = leader->all_parents;
  return known;
}

const KnownTasks::Known* KnownTasks::find(Pid pid, Tid tid, std::uint64_t start_time) {
  const auto found = tasks_.find({pid, tid});
  if (start_time != 0 && found != tasks_.end() && found->second->start_time == start_time) {
    return &*found->second;
  }
  auto known = look_up(pid, tid);
  if (start_time == 0) return known ? remember(std::move(*known)) : nullptr;
  // Who is gone does not come back: one look is enough for the many events that a program may have
  // left behind.
  if (!known || known->start_time != start_time) {
    known = look_up_process_of(pid, tid, start_time);
  }
  return remember(std::move(*known));
}

const KnownTasks::Known* KnownTasks::remember(Known known) {
  const Key key(known.pid, known.tid);
  if (const auto old = tasks_.find(key); old != tasks_.end()) {
    order_.erase(old->second);
    tasks_.erase(old);
  }
  if (tasks_.size() >= limit_) {
    tasks_.erase({order_.front().pid, order_.front().tid});
    order_.pop_front();
  }
  order_.push_back(std::move(known));
  tasks_.emplace(key, std::prev(order_.end()));
  return &order_.back();
}

void KnownTasks::complete(Actor& actor) {
  const Known* const known = find(actor.pid, actor.tid, actor.start_time);
  if (!known) return;
  actor.start_time = known->start_time;
  if (actor.comm.empty()) actor.comm = known->comm;
  if (!actor.exe) actor.exe = known->exe;
  if (!actor.container) {
    actor.container = actor.cgroup ? container_of(*actor.cgroup) : known->container;
  }
  if (!actor.cgroup) actor.cgroup = known->cgroup;
  if (!actor.parents.empty()) return;
  for (const Parent& parent : known->parents)
    actor.parents.push_back({parent.pid, parent.comm});
}

void KnownTasks::complete(TargetTask& target) {
  const Known* const known = find(target.pid, target.tid, target.start_time);
  if (!known) return;
  target.start_time = known->start_time;
  if (target.comm.empty()) target.comm = known->comm;
  if (!target.cgroup) target.cgroup = known->cgroup;
}

std::optional<Relation> KnownTasks::relation(const Actor& actor, const TargetTask& target) {
  if (actor.pid == target.pid) {
    return actor.tid == target.tid ? Relation::self : Relation::thread;
  }
  const Known* const known = find(target.pid, target.tid, target.start_time);
  if (!known) return std::nullopt;
  const auto ancestor = std::ranges::find(known->parents, actor.pid, &Parent::pid);
  if (ancestor == known->parents.end()) {
    return known->all_parents ? std::optional(Relation::other) : std::nullopt;
  }
  const bool nearest = ancestor == known->parents.begin();
  const std::uint64_t start_time = ancestor->start_time;
  const Known* const process = find(actor.pid, actor.tid, actor.start_time);
  // A parent that has ended, whose number the actor has now, is not the actor.
  if (!process || process->process_start == 0) return std::nullopt;
  if (process->process_start != start_time) return Relation::other;
  return nearest ? Relation::child : Relation::descendant;
}

void KnownTasks::forget(Pid pid) {
  auto at = tasks_.lower_bound({pid, Tid()});
  while (at != tasks_.end() && at->first.first == pid) {
    order_.erase(at->second);
    at = tasks_.erase(at);
  }
}

}  // namespace pinfold::trace

#include "trace/lives.h"

#include <algorithm>

#include "trace_record.h"

namespace pinfold::trace {

bool is_alive(const Task& task) { return task.state != 'Z' && task.state != 'X'; }

bool is_told(const Task& task) {
  return is_alive(task) && !(task.kernel_thread && task.bound_by_kernel);
}

TargetTask target_of(const Task& task) {
  return {.pid = task.pid,
          .tid = task.tid,
          // /proc gives more of the kernel's threads' names than they have.
          .comm = task.name.substr(0, trace_name_bytes - 1),
          .start_time = task.start_time,
          .cgroup = {}};
}

bool Lives::has(Tid tid, std::uint64_t start) const {
  const auto found = known_.find(tid.value());
  return found != known_.end() && found->second.start == start;
}

bool Lives::has_just_ended(Tid tid, std::uint64_t start) const {
  return std::ranges::find(ended_, std::pair(tid, start)) != ended_.end();
}

void Lives::appear(const Alive& alive, Moment as_of) {
  if (!wanted()) return;
  const TargetTask& task = alive.task;
  found_.erase(task.tid.value());
  const auto known = known_.find(task.tid.value());
  if (known != known_.end() && known->second.start != task.start_time) {
    end(task.tid, known->second.start, alive.time);
  } else if (known != known_.end()) {
    known->second.heard = std::max(known->second.heard, as_of);
    known->second.look = look_;
    if (known->second.comm == task.comm) return;
  }
  known_.insert_or_assign(task.tid.value(), Known{.pid = task.pid,
                                                  .start = task.start_time,
                                                  .comm = task.comm,
                                                  .heard = as_of,
                                                  .look = look_});
  sink_(alive);
}

void Lives::introduce(const Alive& alive, Moment as_of) {
  const TargetTask& task = alive.task;
  if (!wanted() || has(task.tid, task.start_time)) return;
  const auto known = known_.find(task.tid.value());
  const bool older = known != known_.end() && known->second.start > task.start_time;
  if (older || has_just_ended(task.tid, task.start_time)) return;
  appear(alive, as_of);
}

void Lives::end(Tid tid, std::uint64_t start, Time time) {
  if (!wanted()) return;
  const auto found = found_.find(tid.value());
  // That it began was lost, and it ended before that could be told.
  if (found != found_.end() && found->second.alive.task.start_time == start) {
    const Alive alive = std::move(found->second.alive);
    appear(alive, found->second.began);
  }
  const auto known = known_.find(tid.value());
  if (known != known_.end() && start == 0) start = known->second.start;
  constexpr std::size_t most = 1024;
  if (ended_.size() == most) ended_.pop_front();
  ended_.emplace_back(tid, start);
  if (known == known_.end() || known->second.start != start) return;
  const Ended ended{.time = time, .pid = known->second.pid, .tid = tid, .start_time = start};
  known_.erase(known);
  gone_.erase(tid.value());
  sink_(ended);
}

bool Lives::see(Tid tid, std::uint64_t start) {
  const auto known = known_.find(tid.value());
  if (known == known_.end() || known->second.start != start) return false;
  known->second.look = look_;
  return true;
}

void Lives::see(Tid whoever) {
  const auto known = known_.find(whoever.value());
  if (known != known_.end()) known->second.look = look_;
}

std::vector<Ended> Lives::unseen(Moment began, Time time) const {
  std::vector<Ended> ended;
  for (const auto& [tid, known] : known_) {
    if (known.look == look_ || known.heard >= began) continue;
    ended.push_back({.time = time, .pid = known.pid, .tid = Tid(tid), .start_time = known.start});
  }
  return ended;
}

void Lives::compare(std::vector<Alive> there, Moment began, Time time) {
  if (!wanted()) return;
  look();
  for (Alive& alive : there) {
    const TargetTask& task = alive.task;
    const auto known = known_.find(task.tid.value());
    if (see(task.tid, task.start_time)) {
      if (known->second.comm == task.comm || known->second.heard >= began) continue;
    } else if (has_just_ended(task.tid, task.start_time)) {
      continue;
    }
    found_.try_emplace(task.tid.value(), Found{.began = began, .alive = std::move(alive)});
  }
  for (const Ended& ended : unseen(began, time))
    gone_.try_emplace(ended.tid.value(), Gone{.began = began, .ended = ended});
}

void Lives::confirm(Moment began, const std::function<bool(Tid, std::uint64_t start)>& is_there) {
  std::vector<Found> found;
  std::erase_if(found_, [&](auto& entry) {
    if (entry.second.began > began) return false;
    found.push_back(std::move(entry.second));
    return true;
  });
  std::vector<Ended> gone;
  std::erase_if(gone_, [&](const auto& entry) {
    if (entry.second.began > began) return false;
    gone.push_back(entry.second.ended);
    return true;
  });
  for (const Ended& ended : gone) {
    if (!has(ended.tid, ended.start_time) || is_there(ended.tid, ended.start_time)) continue;
    end(ended.tid, ended.start_time, ended.time);
  }
  for (const Found& one : found) {
    const TargetTask& task = one.alive.task;
    if (is_there(task.tid, task.start_time)) appear(one.alive, one.began);
  }
}

}  // namespace pinfold::trace

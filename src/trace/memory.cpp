#include "trace/memory.h"

namespace pinfold::trace {

std::optional<CpuSet> Remembered::recall(Tid tid, std::uint64_t start) const {
  const auto found = threads_.find(tid.value());
  if (found == threads_.end() || found->second.start != start) return std::nullopt;
  return *found->second.mask;
}

void Remembered::remember(Tid tid, Pid pid, std::uint64_t start, const CpuSet& mask, Moment as_of) {
  const auto [at, added] = threads_.try_emplace(tid.value());
  Thread& thread = at->second;
  const bool another = added || thread.start != start;
  if (!another && thread.as_of > as_of) return;
  if (another || *thread.mask != mask) thread.mask = masks_.get(mask);
  thread.pid = pid;
  thread.start = start;
  thread.as_of = as_of;
}

std::vector<Change> Remembered::compare(std::span<const TaskMasks> snapshot, Moment began,
                                        Whole whole) {
  std::vector<Change> changes;
  for (const TaskMasks& now : snapshot) {
    if (auto change = look(now, began)) changes.push_back(std::move(*change));
  }
  if (whole == Whole::yes) forget_unseen(began);
  return changes;
}

std::optional<CpuSet> Remembered::confirm(const Change& change) {
  const Task& task = change.now.task;
  const auto found = threads_.find(task.tid.value());
  if (found == threads_.end()) return std::nullopt;  // it has ended, and was forgotten
  const Thread& thread = found->second;
  if (thread.start != task.start_time || thread.as_of >= change.seen) return std::nullopt;
  if (*thread.mask == change.now.allowed) return std::nullopt;
  CpuSet before = *thread.mask;
  remember(task.tid, task.pid, task.start_time, change.now.allowed, change.seen);
  return before;
}

const CpuSet* Remembered::known(Tid tid, Moment began) const {
  const auto found = threads_.find(tid.value());
  if (found == threads_.end() || found->second.as_of >= began) return nullptr;
  return &*found->second.mask;
}

void Remembered::same(Tid tid, Moment began) {
  const auto found = threads_.find(tid.value());
  if (found != threads_.end()) found->second.as_of = found->second.seen = began;
}

std::optional<Change> Remembered::look(const TaskMasks& now, Moment began) {
  const Task& task = now.task;
  const auto found = threads_.find(task.tid.value());
  const bool known = found != threads_.end() && found->second.start == task.start_time;
  if (known) {
    Thread& thread = found->second;
    thread.seen = began;
    if (thread.as_of >= began) return std::nullopt;  // what is known is newer
    if (*thread.mask != now.allowed)
      return Change{.now = now, .before = *thread.mask, .seen = began};
  }
  // An event may have told of a thread that got the number since.
  if (!known && found != threads_.end() && found->second.as_of >= began) return std::nullopt;
  remember(task.tid, task.pid, task.start_time, now.allowed, began);
  threads_.at(task.tid.value()).seen = began;
  return std::nullopt;
}

void Remembered::forget_unseen(Moment began) {
  std::erase_if(threads_, [began](const auto& entry) {
    return entry.second.seen < began && entry.second.as_of < began;
  });
}

}  // namespace pinfold::trace

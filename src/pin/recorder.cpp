#include "pin/recorder.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/try.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

MaskChange& change_for(std::vector<MaskChange>& masks, const ThreadPlacement& thread,
                       const Limits& limits) {
  const auto same = std::ranges::find_if(masks, [&](const MaskChange& mask) {
    return mask.before == thread.before && mask.asked == thread.asked;
  });
  if (same != masks.end()) return *same;
  return masks.emplace_back(MaskChange{.before = thread.before,
                                       .back = mask_to_put_back(thread.before, limits),
                                       .asked = thread.asked,
                                       .guessed = !limits.is_everything(thread.before)});
}

// Numbers of threads are given anew. Where not all are alike, who each was must be known.
void note_start_times(Process& process, MaskChange& mask) {
  for (const Tid tid : mask.threads) {
    const auto task = process.task(tid);
    mask.start_times.push_back(task ? task->start_time : 0);
  }
}

ProcessChange change_of(const Assignment& assignment, std::span<const ThreadPlacement> threads) {
  ProcessChange change{.pid = assignment.task.pid,
                       .tid = assignment.process ? Tid() : assignment.task.tid,
                       .name = assignment.task.name,
                       .start_time = assignment.task.start_time};
  bool all_alike = true;
  for (const ThreadPlacement& thread : threads) {
    if (thread.asked.empty()) {
      all_alike &= thread.outcome == Outcome::skipped;
      continue;
    }
    change_for(change.masks, thread, assignment.limits).threads.push_back(thread.tid);
  }
  all_alike &= change.masks.size() == 1;
  for (MaskChange& mask : change.masks) {
    std::ranges::sort(mask.threads);
    if (assignment.process && !all_alike) note_start_times(*assignment.process, mask);
  }
  return change;
}

}  // namespace

Recorder::Recorder(Kernel& kernel, ChangeKind kind, std::string command, OpenJournal open)
    : kernel_(kernel), open_(std::move(open)) {
  head_.kind = kind;
  head_.command = std::move(command);
}

void Recorder::operator()(const Assignment& assignment, std::span<const ThreadPlacement> threads) {
  if (error_) return;
  if (auto written = write(assignment, threads); !written) error_ = std::move(written).error();
}

Result<void> Recorder::write(const Assignment& assignment,
                             std::span<const ThreadPlacement> threads) {
  const ProcessChange change = change_of(assignment, threads);
  if (change.masks.empty()) return {};
  if (!change_) {
    TRY(const Journal journal, open_());
    TRY(head_.system, kernel_.system_id());
    TRY(const Task self, kernel_.task(Tid()));
    head_.start_time = self.start_time;
    head_.time = std::time(nullptr);
    TRY(change_, journal.begin(head_));
  }
  return Journal::append(*change_, change);
}

}  // namespace pinfold

#include "pin/recorder.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "base/try.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

MaskChange& change_for(std::vector<MaskChange>& masks, const ThreadPlacement& thread,
                       const Limits& limits, const std::optional<CpuSet>& request) {
  const bool guessed = !request && !limits.is_everything(thread.before);
  CpuSet back = mask_to_put_back(thread.before, limits, request);
  const auto same = std::ranges::find_if(masks, [&](const MaskChange& mask) {
    return mask.before == thread.before && mask.asked == thread.asked && mask.back == back &&
           mask.guessed == guessed;
  });
  if (same != masks.end()) return *same;
  return masks.emplace_back(MaskChange{
      .before = thread.before, .back = std::move(back), .asked = thread.asked, .guessed = guessed});
}

// Numbers of threads are given anew. Where not all are alike, who each was must be known.
void note_start_times(Process& process, const Requests& before, MaskChange& mask) {
  for (const Tid tid : mask.threads) {
    auto time = before.start_time(tid);
    if (!time) {
      const auto task = process.task(tid);
      time = task ? task->start_time : 0;
    }
    mask.start_times.push_back(*time);
  }
}

ProcessChange change_of(const Assignment& assignment, std::span<const ThreadPlacement> threads,
                        const Requests& before) {
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
    const auto request = before.of(thread.tid);
    change_for(change.masks, thread, assignment.limits, request).threads.push_back(thread.tid);
  }
  all_alike &= change.masks.size() == 1;
  for (MaskChange& mask : change.masks) {
    std::ranges::sort(mask.threads);
    if (assignment.process && !all_alike) note_start_times(*assignment.process, before, mask);
  }
  return change;
}

}  // namespace

Recorder::Recorder(Kernel& kernel, ChangeKind kind, std::string command, OpenJournal open)
    : kernel_(kernel), open_(std::move(open)) {
  head_.kind = kind;
  head_.command = std::move(command);
}

void Recorder::operator()(const Assignment& assignment, std::span<const ThreadPlacement> threads,
                          const Requests& before) {
  if (error_) return;
  auto written = write(change_of(assignment, threads, before));
  if (!written) error_ = std::move(written).error();
}

Result<void> Recorder::write(const ProcessChange& change) {
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

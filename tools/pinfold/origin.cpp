#include "origin.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "base/file.h"
#include "base/user.h"
#include "events/text_line.h"
#include "history/file.h"
#include "history/reader.h"
#include "journal_text.h"
#include "kernel/limits.h"
#include "pin/journal.h"
#include "pin/undo.h"

namespace pinfold::tool {
namespace {

bool made_it(const ProcessChange& process, const Task& task, const CpuSet& mask,
             const Limits& limits) {
  if (process.pid != task.pid || (process.tid != Tid() && process.tid != task.tid)) return false;
  return std::ranges::any_of(process.masks, [&](const MaskChange& change) {
    return (change.asked & limits.usable()) == mask;
  });
}

// "taskset (1234) of bob, which asked for 0-1".
std::string who_asked(const trace::SetEvent& change) {
  const trace::Actor& actor = *change.actor;
  std::string who = trace::task_text(actor.comm, actor.pid, actor.tid);
  if (actor.uid) who += " of " + user_name(*actor.uid);
  if (change.cause == trace::Cause::inheritance) return "inherited from " + who;
  if (change.request) who += ", which asked for " + trace::short_list(*change.request);
  return who;
}

}  // namespace

std::optional<Origin> origin_in_history(const Task& task, const CpuSet& mask) {
  const auto path = history::usual_file();
  const auto boot = read_line("/proc/sys/kernel/random/boot_id");
  if (!path || !boot) return std::nullopt;
  auto reader = history::Reader::open(*path);
  if (!reader) return std::nullopt;
  const auto change = reader->last_change(*boot, task.tid, task.start_time);
  if (!change || !*change || (*change)->effective != mask || !(*change)->actor) return std::nullopt;
  const auto seconds = std::chrono::floor<std::chrono::seconds>((*change)->time);
  return Origin{.by = who_asked(**change),
                .where = "pinfold's history, " +
                         time_text(std::chrono::system_clock::to_time_t(seconds)) +
                         ": pinfold log --task tid:" + std::to_string(task.tid.value()),
                .lifts = {}};
}

std::optional<Origin> origin_in_journal(Kernel& kernel, const Task& task, const CpuSet& mask) {
  const auto journal = Journal::open();
  const auto here = kernel.system_id();
  const auto limits = read_limits(kernel, task.tid);
  if (!journal || !here || !limits) return std::nullopt;
  const auto numbers = journal->numbers();
  if (!numbers) return std::nullopt;
  for (const unsigned number : *numbers) {
    const auto change = journal->read(number, Journal::Lock::none);
    if (!change || !*change || (*change)->head.system != *here) continue;
    const auto& processes = (*change)->processes;
    const auto found = std::ranges::find_if(processes, [&](const ProcessChange& process) {
      return made_it(process, task, mask, *limits) && is_alive(kernel, process);
    });
    if (found == processes.end()) continue;
    const std::string command = "pinfold " + (*change)->head.command;
    return Origin{
        .by = command,
        .where = "pinfold's journal, change " + std::to_string(number) + " of " +
                 time_text((*change)->head.time),
        .lifts = number == numbers->front() ? "pinfold undo" : "pinfold undo, down to that change"};
  }
  return std::nullopt;
}

}  // namespace pinfold::tool

#include "origin.h"

#include <algorithm>
#include <string>

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

}  // namespace

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

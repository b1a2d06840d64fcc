// undo: puts back the newest change, then the one before.

#include "pin/undo.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "host/host.h"
#include "journal_text.h"
#include "options.h"
#include "pin/journal.h"
#include "report.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Put back what the newest set, reset or dedicate changed.

Usage: pinfold undo [OPTIONS]

Once more puts back the change before. Threads get the mask that they had, if they still have
the one that pinfold gave them: who was changed by somebody else since is named and left.
Threads that started since get what their process had.

Options:
  --list          show what can be undone, the newest first, and do nothing
  --force         threads that somebody else changed since too, also of a change
                  that was undone without them
  --json          one JSON object on stdout
  -v, --verbose   a line a thread
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold undo --list
  pinfold undo
)";

enum class State {
  whole,      // it can be undone
  undone,     // but for threads that others had changed
  busy,       // it is being made, or undone
  ended,      // everybody has ended
  elsewhere,  // in another pid namespace
};

const char* name_of(State state) {
  switch (state) {
    case State::whole:
      return "whole";
    case State::undone:
      return "undone";
    case State::busy:
      return "busy";
    case State::ended:
      return "ended";
    case State::elsewhere:
      return "elsewhere";
  }
  return "whole";
}

const char* remark_on(State state) {
  switch (state) {
    case State::whole:
      return "";
    case State::undone:
      return "undone, but for threads that others had changed";
    case State::busy:
      return "under way";
    case State::ended:
      return "all have ended";
    case State::elsewhere:
      return "in another pid namespace";
  }
  return "";
}

State state_of(Kernel& kernel, const SystemId& here, const RecordedChange& change) {
  if (change.head.system != here) return State::elsewhere;
  if (change.busy) return State::busy;
  const bool alive = std::ranges::any_of(
      change.processes, [&](const ProcessChange& process) { return is_alive(kernel, process); });
  if (!alive) return State::ended;
  return change.undone ? State::undone : State::whole;
}

struct Listed {
  RecordedChange change;
  State state;
  std::size_t processes = 0;
  std::size_t threads = 0;
};

// What cannot be read is told, and keeps nobody from the others.
Result<std::optional<RecordedChange>> read_change(const Journal& journal, unsigned number,
                                                  Journal::Lock lock) {
  auto change = journal.read(number, lock);
  if (change || change.error().kind == ErrorKind::busy) return change;
  print_error(change.error());
  print_hint("it is left out, and can be removed");
  return std::nullopt;
}

Result<std::vector<Listed>> list_changes(Kernel& kernel, const Journal& journal) {
  TRY(const SystemId here, kernel.system_id());
  TRY(const std::vector<unsigned> numbers, journal.numbers());
  std::vector<Listed> listed;
  for (const unsigned number : numbers) {
    TRY(auto change, read_change(journal, number, Journal::Lock::none));
    if (!change || change->head.system.boot != here.boot) continue;
    Listed line{.change = std::move(*change), .state = State::whole};
    line.state = state_of(kernel, here, line.change);
    std::map<Pid, bool> pids;
    for (const ProcessChange& process : line.change.processes) {
      pids[process.pid] = true;
      for (const MaskChange& mask : process.masks)
        line.threads += mask.threads.size();
    }
    line.processes = pids.size();
    listed.push_back(std::move(line));
  }
  return listed;
}

void print_list(const std::vector<Listed>& listed) {
  std::size_t width = 0;
  for (const Listed& line : listed)
    width = std::max(width, line.change.head.command.size());
  constexpr std::size_t widest = 40;
  width = std::min(width, widest);
  for (const Listed& line : listed) {
    std::string text = processes_text(line.processes);
    text += ", " + threads_text(line.threads);
    if (const std::string remark = remark_on(line.state); !remark.empty()) text += "; " + remark;
    std::printf("%4u  %s  %-*s  %s\n", line.change.number, time_text(line.change.head.time).c_str(),
                static_cast<int>(width), line.change.head.command.c_str(), text.c_str());
  }
}

Json list_json(const std::vector<Listed>& listed) {
  Json changes = Json::array();
  for (const Listed& line : listed) {
    changes.push_back({{"change", line.change.number},
                       {"time", line.change.head.time},
                       {"command", line.change.head.command},
                       {"state", name_of(line.state)},
                       {"processes", line.processes},
                       {"threads", line.threads}});
  }
  return {{"schema_version", 1}, {"changes", std::move(changes)}};
}

// The newest change that has something to put back. What is of no more use is taken away.
Result<std::optional<RecordedChange>> newest(Kernel& kernel, const Journal& journal, Force force) {
  TRY(const SystemId here, kernel.system_id());
  TRY(const std::vector<unsigned> numbers, journal.numbers());
  for (const unsigned number : numbers) {
    TRY(auto change, read_change(journal, number, Journal::Lock::wait));
    if (!change) continue;
    const bool other_boot = change->head.system.boot != here.boot;
    const State state = state_of(kernel, here, *change);
    if (other_boot || state == State::ended) {
      CHECK_OK(journal.remove(*change));
    } else if (state == State::whole || (state == State::undone && force == Force::yes)) {
      return change;
    }
  }
  return std::nullopt;
}

void print_left(Kernel& kernel, const Undone& undone) {
  std::map<Pid, std::vector<const ChangedSince*>> left;
  for (const ChangedSince& thread : undone.left)
    left[thread.pid].push_back(&thread);
  for (const auto& [pid, threads] : left) {
    const ChangedSince& first = *threads.front();
    const std::string who = threads.size() == 1 ? "tid:" + std::to_string(first.tid.value())
                                                : threads_text(threads.size());
    print_error(task_label(kernel, pid.leader()) + ": " + who +
                " left alone: changed since, now on " + to_cpu_list(first.now));
  }
  if (!left.empty()) print_hint("--force puts them back all the same");
}

// The request of a task can be read on few systems, and before Linux 6.2 there is none.
void print_guesses(const RecordedChange& change, const Undone& undone) {
  std::size_t threads = 0;
  for (const ProcessChange& process : change.processes) {
    const bool put_back = std::ranges::any_of(
        undone.processes, [&](const auto& placement) { return placement.pid == process.pid; });
    if (!put_back) continue;
    for (const MaskChange& mask : process.masks)
      threads += mask.guessed ? mask.threads.size() : 0;
  }
  if (threads == 0) return;
  print_note("what " + threads_text(threads) +
             " had asked for was not known: put back is what was allowed");
}

int undo(Kernel& kernel, const Journal& journal, const RecordedChange& change, Force force,
         bool verbose, bool json) {
  if (!json) {
    std::printf("undoing change %u of %s: %s\n", change.number, time_text(change.head.time).c_str(),
                change.head.command.c_str());
  }
  const Undone undone = pinfold::undo(kernel, change.head, change.processes, force);
  bool done = undone.left.empty() && undone.errors.empty();
  constexpr std::size_t most_lines = 20;
  const bool sum_up = !json && !verbose && undone.processes.size() > most_lines;
  if (sum_up) print_summary(undone.processes, false);
  std::set<std::string> told;
  for (const ProcessPlacement& placement : undone.processes) {
    done &= placement.done();
    if (!json && !sum_up) print_placement(placement, verbose);
    print_problems(placement, told);
  }
  for (const Error& error : undone.errors)
    print_error(error);
  print_left(kernel, undone);
  print_guesses(change, undone);
  if (!json && undone.ended > 0) {
    std::printf("%s %s ended since\n", processes_text(undone.ended).c_str(),
                undone.ended == 1 ? "has" : "have");
  }
  // What was outrun can be done again.
  const bool outrun = std::ranges::any_of(
      undone.errors, [](const Error& error) { return error.kind == ErrorKind::growing; });
  const auto kept = done     ? journal.remove(change)
                    : outrun ? Result<void>()
                             : journal.mark_undone(change);
  if (!kept) print_error(kept.error());
  if (json) {
    Json object = placements_json(kernel, undone.processes, done);
    object["change"] = change.number;
    std::puts(object.dump().c_str());
  }
  return done ? exit_done : exit_failed;
}

}  // namespace

int undo_command(int /*argc*/, char** argv) {
  bool list = false;
  bool force = false;
  bool json = false;
  bool verbose = false;
  Options options("undo");
  options.flag("--list", list);
  options.flag("--force", force);
  options.flag("--json", json);
  options.flag("--verbose", verbose, 'v');
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (read && !options.arguments().empty()) {
    read = fail({.kind = ErrorKind::syntax,
                 .reason = "unexpected argument " + options.arguments().front() +
                           ": the newest change is undone, then the one before"});
  }
  if (!read) {
    options.print_usage_error(read.error());
    return exit_usage;
  }
  Kernel& kernel = host_kernel();
  const auto journal = Journal::open();
  if (!journal) return refuse(kernel, journal.error(), json);
  if (list) {
    const auto listed = list_changes(kernel, *journal);
    if (!listed) return refuse(kernel, listed.error(), json);
    if (json) {
      std::puts(list_json(*listed).dump().c_str());
    } else if (listed->empty()) {
      print_note("nothing to undo");
    } else {
      print_list(*listed);
    }
    return exit_done;
  }
  const Force how = force ? Force::yes : Force::no;
  const auto change = newest(kernel, *journal, how);
  if (!change) return refuse(kernel, change.error(), json);
  if (!*change) return refuse(kernel, {.kind = ErrorKind::nothing_to_undo}, json);
  return undo(kernel, *journal, **change, how, verbose, json);
}

}  // namespace pinfold::tool

// log: what happened to masks, as trace --record has kept it.

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "history/file.h"
#include "history/reader.h"
#include "history/when.h"
#include "log_print.h"
#include "log_query.h"
#include "options.h"
#include "pin/name_pattern.h"
#include "progress.h"
#include "trace_files.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Say what happened to masks: who changed them, when and why, as far as it was recorded.

Usage: pinfold log [OPTIONS]

pinfold trace --record keeps the history. What is not in it because events were lost, or because
nothing was recorded, is told, and never looks as if nothing had happened.

What is told (all that is given must be so):
  --task WHO        changes of this one's mask: 1234 (a process), tid:1240 (a thread), nginx (a
                    name; * and ? stand for characters)
  --actor WHO       changes that this one made; /usr/bin/taskset and exe:PATH are programs
  --cpu LIST        changes that are about one of these CPUs: asked for, lost or won
  --cgroup PATH     by or to who was in this cgroup or below
  --failed          only calls that failed
  --since WHEN      90s, 30m, 1h, 2d, 1w (ago), 14:05, 2026-11-27, 2026-11-27T14:05:30Z
  --until WHEN
  -n, --newest N    no more than the newest N changes

  --at WHEN         not changes, but which thread was allowed which CPUs at that moment, and since
                    when: threads that were there when the recording began, or were set since

How:
  --json            one JSON object a line, as trace --json
  --html FILE       as a page for any browser; --perfetto FILE: for Perfetto (ui.perfetto.dev)
  --history FILE    another history
  --color WHEN      auto, always, never
  -h, --help        this text

Exit: 0, 1 on failure and if there is nothing of that, 2 usage.

Examples:
  pinfold log --task nginx --since 1h
  pinfold log --cpu 3
  pinfold log --at 14:05
)";

using history::Reader;
using trace::Time;

// As threads are chosen whose changes are told.
bool is_meant(const history::ThreadState& state, const history::Query& query) {
  if (query.task) {
    const history::Who& who = *query.task;
    if (who.pid && *who.pid != state.task.pid) return false;
    if (who.tid && *who.tid != state.task.tid) return false;
    if (who.comm && !matches_name(*who.comm, state.task.comm)) return false;
  }
  if (!query.cpus.empty() && !query.cpus.intersects(state.allowed)) return false;
  if (!query.cgroup) return true;
  const std::string& path = *query.cgroup;
  const std::string below = path == "/" ? path : path + '/';
  return state.task.cgroup && (*state.task.cgroup == path || state.task.cgroup->starts_with(below));
}

Result<void> check_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return fail({.kind = ErrorKind::system, .number = errno, .text = "the output"});
}

std::unexpected<Error> nothing(const Reader& reader) {
  const bool is_empty = reader.chapters().empty();
  return fail({.kind = ErrorKind::no_such_object,
               .reason = is_empty ? "the history is empty: pinfold trace --record fills it"
                                  : "nothing of that is in the history"});
}

Result<void> print_changes(Reader& reader, const LogWords& words, const history::Query& query,
                           Time now) {
  LogPrinter printer(words.json, has_color(stdout));
  bool goes_on = true;
  CHECK_OK(reader.read(query, now, [&](const history::Entry& entry) {
    printer.print(entry);
    goes_on = std::ferror(stdout) == 0;
    return goes_on;
  }));
  CHECK_OK(check_output());
  if (printer.changes() == 0) return nothing(reader);
  return {};
}

// What was so when it begins, and then what happened.
Result<void> draw(Reader& reader, const LogWords& words, const history::Query& query, Time now) {
  TRY(TraceFiles files,
      TraceFiles::open(
          {.history = {}, .bounds = {}, .html = words.html, .perfetto = words.perfetto}));
  TRY(const auto began, reader.beginning(query.since));
  if (!began) return nothing(reader);
  files.add(began->start);
  for (const history::ThreadState& state : began->states) {
    if (is_meant(state, query))
      files.add(
          trace::Alive{.time = began->start.time, .task = state.task, .allowed = state.allowed});
  }
  TRY(const std::uint64_t total, Progress::is_shown() ? reader.count(query) : 0);
  Progress progress("drawing", total);
  CHECK_OK(reader.read(query, now, [&](const history::Entry& entry) {
    progress.step();
    if (const auto* gap = std::get_if<history::Gap>(&entry)) {
      // What lies between recordings is known by their ends and starts.
      if (gap->count > 0)
        files.add(trace::LostEvent{.count = gap->count, .from = gap->from, .to = gap->to});
    } else {
      files.add(std::get<trace::Event>(entry));
    }
    return true;
  }));
  return files.finish();
}

Result<void> print_state(Reader& reader, const LogWords& words, const history::Query& query,
                         Time now) {
  TRY(const Time moment, history::parse_when(*words.at, now));
  TRY(const auto states, reader.at(moment));
  const LogPrinter printer(words.json, has_color(stdout));
  bool is_any = false;
  for (const history::ThreadState& state : states) {
    if (!is_meant(state, query)) continue;
    is_any = true;
    printer.print(state, moment);
  }
  CHECK_OK(check_output());
  return is_any ? Result<void>() : nothing(reader);
}

Result<void> answer(const LogWords& words, const history::Query& query, Time now) {
  std::string path = words.history.value_or("");
  if (path.empty()) {
    TRY(path, history::usual_file());
  }
  TRY(Reader reader, Reader::open(path));
  if (words.html || words.perfetto) return draw(reader, words, query, now);
  return words.at ? print_state(reader, words, query, now)
                  : print_changes(reader, words, query, now);
}

const char* what_is_wrong(const LogWords& words, const Options& options) {
  if (!options.arguments().empty()) return "it takes no arguments: --task says whose changes";
  if (words.at && (words.html || words.perfetto))
    return "--at is a moment: --html and --perfetto draw what happened";
  if (words.json && (words.html || words.perfetto)) return "--json is no picture";
  if (words.at && (words.since || words.until || words.actor || words.failed || words.newest))
    return "--at is a moment: --since, --until, --actor, --failed and --newest are about changes";
  return nullptr;
}

}  // namespace

int log_command(int /*argc*/, char** argv) {
  Options options("log");
  LogWords words;
  options.value("--task", words.task);
  options.value("--actor", words.actor);
  options.value("--cpu", words.cpu);
  options.value("--cgroup", words.cgroup);
  options.flag("--failed", words.failed);
  options.value("--since", words.since);
  options.value("--until", words.until);
  options.value("--newest", words.newest, 'n');
  options.value("--at", words.at);
  options.flag("--json", words.json);
  options.value("--history", words.history);
  options.value("--html", words.html);
  options.value("--perfetto", words.perfetto);
  auto read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  if (const char* wrong = read ? what_is_wrong(words, options) : nullptr)
    read = fail({.kind = ErrorKind::syntax, .reason = wrong});
  const Time now = std::chrono::system_clock::now();
  Result<history::Query> query;
  if (read) query = read_query(words, now);
  if (!read || !query) {
    options.print_usage_error(read ? query.error() : read.error());
    return exit_usage;
  }
  if (const auto answered = answer(words, *query, now); !answered) {
    const bool is_word = answered.error().kind == ErrorKind::syntax;
    is_word ? options.print_usage_error(answered.error()) : print_error(answered.error());
    return is_word ? exit_usage : exit_failed;
  }
  return exit_done;
}

}  // namespace pinfold::tool

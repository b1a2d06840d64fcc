// trace: who moved my thread.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"
#include "base/user.h"
#include "commands.h"
#include "console.h"
#include "history/file.h"
#include "host/host.h"
#include "machine/cgroup.h"
#include "options.h"
#include "pin/selection.h"
#include "size_text.h"
#include "trace_run.h"
#include "wish.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Tell every change of any thread's mask: who, whom, from, to, and why.

Usage: pinfold trace [OPTIONS] [TARGET…]
       pinfold trace [OPTIONS] [TARGET…] -- CMD [ARGUMENT…]

Without TARGET and CMD: of the whole machine, until Ctrl-C. Of a TARGET, changes of its threads'
masks and its children's; of CMD, also what it does to others. It takes root, or CAP_BPF and
CAP_PERFMON (CAP_SYS_ADMIN to see who writes cpusets); without, masks are compared from time to time.

What is told:
  --actor TARGET     only what these and their children do
  --uid USER         only what this user's processes do
  --comm NAME        only what threads of this name do; NAME* is a beginning
  --cgroup PATH      only by or to who is in this cgroup or below
  --touches PLACE    only masks with any of these CPUs, asked for or after
  --failed, --ok     only calls that failed; none of these
  --changes          only what really changed a mask
  --rate N           at most N calls an actor and second; the others are counted
  --get              sched_getaffinity too
  --callers          where in its program the call was made
  --no-inherited     not who begins with a narrowed mask, because its creator had it

How (with files to write to, nothing is on stdout but by --json or --format):
  --json             one JSON object a line, as --format json
  --format FORMAT    text, json, tracee
  --record           keep what happens in the history, for pinfold log
  --history FILE     in this history
  --keep AGE         of the history what is younger: 30d if not given (h, d, w)
  --keep-size BYTES  and no more of it than this: 256M if not given
  --html FILE        a page of it for any browser: who was allowed where and ran where, each change
  --perfetto FILE    the same for Perfetto (ui.perfetto.dev)
  --strict           fail if anything was lost
  --buffer BYTES     room for what is not yet read, in the kernel: a power of two, 4M if not given
  --probe            say what can be seen on this system and what cannot, and end
  --leg NAME         see calls by tp_btf, raw_tp or tp, by no other
  --sampled          compare masks, with no program in the kernel
  --no-commits       without the program in front of the function that writes masks
  --no-cgroup-watch  do not watch who writes cpusets
  --as-root          run CMD as root under sudo, too
  --color WHEN       auto, always, never
  -h, --help         this text

Exit: 0, 1 on failure; with CMD its own, 125 if pinfold failed, 126 and 127 if CMD cannot be executed.

Examples:
  pinfold trace comm:nginx
  pinfold trace --touches isolated --json
  pinfold trace --callers -- ./server
)";

struct Words {
  std::vector<std::string> actors;
  std::optional<std::string> uid;
  std::optional<std::string> comm;
  std::optional<std::string> cgroup;
  std::optional<std::string> touches;
  std::optional<std::string> rate;
  std::optional<std::string> format;
  std::optional<std::string> buffer;
  std::optional<std::string> leg;
  std::optional<std::string> history;
  std::optional<std::string> keep;
  std::optional<std::string> keep_size;
  std::optional<std::string> html;
  std::optional<std::string> perfetto;
  bool record = false;
  bool failed = false;
  bool ok = false;
  bool changes = false;
  bool get = false;
  bool callers = false;
  bool no_inherited = false;
  bool json = false;
  bool strict = false;
  bool probe = false;
  bool sampled = false;
  bool no_commits = false;
  bool no_cgroup_watch = false;
  bool as_root = false;
};

void declare(Options& options, Words& words) {
  options.values("--actor", words.actors);
  options.value("--uid", words.uid);
  options.value("--comm", words.comm);
  options.value("--cgroup", words.cgroup);
  options.value("--touches", words.touches);
  options.value("--rate", words.rate);
  options.value("--format", words.format);
  options.value("--buffer", words.buffer);
  options.value("--leg", words.leg);
  options.flag("--record", words.record);
  options.value("--history", words.history);
  options.value("--keep", words.keep);
  options.value("--keep-size", words.keep_size);
  options.value("--html", words.html);
  options.value("--perfetto", words.perfetto);
  options.flag("--failed", words.failed);
  options.flag("--ok", words.ok);
  options.flag("--changes", words.changes);
  options.flag("--get", words.get);
  options.flag("--callers", words.callers);
  options.flag("--no-inherited", words.no_inherited);
  options.flag("--json", words.json);
  options.flag("--strict", words.strict);
  options.flag("--probe", words.probe);
  options.flag("--sampled", words.sampled);
  options.flag("--no-commits", words.no_commits);
  options.flag("--no-cgroup-watch", words.no_cgroup_watch);
  options.flag("--as-root", words.as_root);
}

std::unexpected<Error> usage(std::string reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::move(reason)});
}

// Those who are there now; their children are followed from then on.
Result<trace::Tasks> read_tasks(const std::vector<std::string>& texts) {
  TRY(auto selectors, parse_selectors(texts));
  Selection selection(host_kernel(), std::move(selectors));
  std::vector<Found> found;
  TRY(const Pass pass, selection.pass(found));
  if (!pass.unmatched.empty()) return fail(Error(pass.unmatched.front()));
  print_hidden(pass.hidden);
  trace::Tasks tasks;
  for (const Found& one : found) {
    if (const Pid* pid = std::get_if<Pid>(&one.target)) {
      if (one.by_number()) CHECK_OK(host_kernel().process(*pid));
      tasks.processes.push_back(*pid);
    } else {
      CHECK_OK(host_kernel().task(std::get<Tid>(one.target)));
      tasks.threads.push_back(std::get<Tid>(one.target));
    }
  }
  return tasks;
}

Result<uid_t> read_user(const std::string& text) {
  if (const auto uid = user_id(text)) return *uid;
  if (const auto number = parse_number<uid_t>(text)) return *number;
  return usage("--uid takes a user's name or number, not " + text);
}

struct Cgroup {
  std::string path;
  std::uint64_t id = 0;
};

// A cgroup's number is that of its folder.
Result<Cgroup> read_cgroup(std::string path) {
  TRY(const std::string own, read_file("/proc/self/cgroup"));
  TRY(const std::string mountinfo, read_file("/proc/self/mountinfo"));
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  const auto hierarchy = find_cpuset_hierarchy(own, mountinfo);
  if (!hierarchy)
    return fail({.kind = ErrorKind::unsupported,
                 .text = "--cgroup",
                 .reason = "no cgroups with cpusets can be seen here"});
  for (const auto& mount : hierarchy->mounts) {
    const std::string root = mount.root == "/" ? "" : mount.root;
    if (!path.starts_with(root)) continue;
    const std::string folder = mount.point + path.substr(root.size());
    struct stat status{};
    if (::stat(folder.c_str(), &status) == 0)
      return Cgroup{.path = std::move(path), .id = status.st_ino};
  }
  return fail({.kind = ErrorKind::no_such_object, .reason = "there is no cgroup " + path});
}

Result<std::uint32_t> read_buffer(const std::string& text) {
  const std::uint64_t bytes = parse_size(text).value_or(0);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  constexpr std::uint64_t most = std::uint64_t{1} << 30U;
  if (!std::has_single_bit(bytes) || bytes < page || bytes > most) {
    return usage("--buffer takes a power of two from " + std::to_string(page) + " to 1024M, not " +
                 text);
  }
  return static_cast<std::uint32_t>(bytes);
}

Result<history::Bounds> read_bounds(const Words& words) {
  history::Bounds bounds;
  if (words.keep) {
    const std::string_view text = *words.keep;
    const auto count = parse_number<std::uint16_t>(text.substr(0, text.size() - !text.empty()));
    const std::int64_t hours = text.ends_with('h')   ? 1
                               : text.ends_with('d') ? 24
                               : text.ends_with('w') ? std::int64_t{24} * 7
                                                     : 0;
    if (!count || *count == 0 || hours == 0)
      return usage("--keep takes hours, days or weeks, 12h, 30d, 4w, not " + *words.keep);
    bounds.age = std::chrono::hours(*count * hours);
  }
  if (words.keep_size) {
    constexpr std::uint64_t least = std::uint64_t{1} << 20U;
    bounds.bytes = parse_size(*words.keep_size).value_or(0);
    if (bounds.bytes < least) return usage("--keep-size takes 1M or more, not " + *words.keep_size);
  }
  return bounds;
}

Result<TraceFileNames> read_files(const Words& words) {
  TraceFileNames files;
  TRY(files.bounds, read_bounds(words));
  files.html = words.html;
  files.perfetto = words.perfetto;
  if (!words.record && !words.history) {
    if (words.keep || words.keep_size) return usage("--keep and --keep-size are about --record");
    return files;
  }
  files.history = words.history;
  if (!files.history) {
    TRY(files.history, history::usual_file());
  }
  return files;
}

Result<TraceFormat> read_format(const Words& words) {
  if (!words.format) {
    if (words.json) return TraceFormat::json;
    const bool has_files = words.record || words.history || words.html || words.perfetto;
    return has_files ? TraceFormat::none : TraceFormat::text;
  }
  constexpr std::array<std::string_view, 3> known = {"text", "json", "tracee"};
  const auto* const found = std::ranges::find(known, *words.format);
  if (found == known.end())
    return usage("--format takes text, json or tracee, not " + *words.format);
  const auto format = static_cast<TraceFormat>(found - known.begin());
  if (words.json && format != TraceFormat::json) return usage("--json is --format json");
  return format;
}

Result<bpf::CallsWay> read_leg(const std::string& text) {
  if (text == "tp_btf") return bpf::CallsWay::btf;
  if (text == "raw_tp") return bpf::CallsWay::raw;
  if (text == "tp") return bpf::CallsWay::tracepoint;
  return usage("--leg takes tp_btf, raw_tp or tp, not " + text);
}

Result<trace::Filter> read_filter(const Words& words, const std::vector<std::string>& targets) {
  trace::Filter filter;
  if (!targets.empty()) {
    TRY(filter.targets, read_tasks(targets));
  }
  if (!words.actors.empty()) {
    TRY(filter.actors, read_tasks(words.actors));
  }
  if (words.uid) {
    TRY(filter.uid, read_user(*words.uid));
  }
  if (words.comm) {
    const std::size_t star = words.comm->find('*');
    if (words.comm->empty() || star < words.comm->size() - 1)
      return usage("--comm takes a name, or its beginning with * behind it");
    // The kernel keeps no more of a name.
    constexpr std::size_t most = 15;
    filter.comm = star == std::string::npos ? words.comm->substr(0, most) : *words.comm;
  }
  if (words.failed && words.ok) return usage("--failed and --ok exclude each other");
  filter.only_failed = words.failed;
  filter.only_done = words.ok;
  if (words.touches) {
    TRY(filter.touches, resolve_whole(*words.touches, Tid()));
    if (filter.touches->empty()) return usage("no CPU is in " + *words.touches + " here");
  }
  if (words.rate) {
    const auto rate = parse_number<std::uint32_t>(*words.rate);
    if (!rate || *rate == 0) return usage("--rate takes a number, 1 or more, not " + *words.rate);
    filter.rate = *rate;
  }
  return filter;
}

Result<TraceRun> read_run(const Words& words, const std::vector<std::string>& targets,
                          char** command) {
  TraceRun run;
  TRY(run.format, read_format(words));
  TRY(run.options.filter, read_filter(words, targets));
  if (words.cgroup) {
    TRY(Cgroup cgroup, read_cgroup(*words.cgroup));
    run.options.cgroup = std::move(cgroup.path);
    run.options.filter.cgroup = cgroup.id;
  }
  if (words.buffer) {
    TRY(run.options.ring_bytes, read_buffer(*words.buffer));
  }
  if (words.leg) {
    TRY(run.options.way, read_leg(*words.leg));
  }
  if (words.get && words.changes) return usage("--get and --changes exclude each other");
  if (words.get && run.options.way == bpf::CallsWay::tracepoint)
    return usage("--leg tp does not see sched_getaffinity");
  if (words.sampled && (words.rate || words.buffer || words.leg || words.no_commits)) {
    return usage("--sampled has no calls: --rate, --buffer, --leg and --no-commits are about them");
  }
  TRY(run.files, read_files(words));
  if (run.files.history && words.no_inherited)
    return usage("--no-inherited would leave out what the history needs");
  run.options.gets = words.get;
  run.options.callers = words.callers;
  run.options.only_changes = words.changes;
  run.options.inherited = !words.no_inherited;
  run.options.watch_cgroups = !words.no_cgroup_watch;
  run.options.sampled = words.sampled;
  run.options.commits = !words.no_commits;
  run.strict = words.strict;
  run.only_probe = words.probe;
  run.as_root = words.as_root ? AsRoot::yes : AsRoot::no;
  if (*command) run.command = command;
  return run;
}

// Targets stand before a --, the command behind it.
char** split(char** arguments, std::vector<char*>& ours) {
  while (*arguments && std::string_view(*arguments) != "--")
    ours.push_back(*arguments++);
  ours.push_back(nullptr);
  return *arguments ? arguments + 1 : arguments;
}

}  // namespace

int trace_command(int /*argc*/, char** argv) {
  Options options("trace");
  Words words;
  declare(options, words);
  std::vector<char*> ours;
  char** const command = split(argv + 1, ours);
  auto read = options.read(ours.data(), Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  const bool empty_command =
      !*command && command != argv + 1 && std::string_view(command[-1]) == "--";
  if (read && empty_command) read = usage("a command is missing after --");
  // Of a command that was to be run, 1 and 2 would be its own.
  if (!read) {
    options.print_usage_error(read.error());
    return *command ? exit_launch_failed : exit_usage;
  }
  auto run = read_run(words, options.arguments(), command);
  if (!run) {
    const bool is_usage = run.error().kind == ErrorKind::syntax && run.error().text.empty();
    if (is_usage) {
      options.print_usage_error(run.error());
    } else {
      print_error(run.error());
    }
    if (*command) return exit_launch_failed;
    return run.error().kind == ErrorKind::syntax ? exit_usage : exit_failed;
  }
  return run_trace(std::move(*run));
}

}  // namespace pinfold::tool

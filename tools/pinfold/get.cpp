// get: where threads may run, and where that is not what it seems.

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"
#include "base/try.h"
#include "commands.h"
#include "console.h"
#include "each_process.h"
#include "host/host.h"
#include "options.h"
#include "pin/pinner.h"
#include "pin/selection.h"
#include "report.h"

namespace pinfold::tool {
namespace {

constexpr const char* help =
    R"(Show where threads may run: what was asked, what is allowed, what is effective.

Usage: pinfold get [OPTIONS] [TARGET…]

  TARGET          1234 (a process, all its threads), tid:1240 (one thread), self, comm:nginx,
                  exe:/usr/bin/x, user:bob, cgroup:/x.slice (man pinfold, TARGETS);
                  none means self

REQUEST is the mask last asked for, none where nobody ever asked, - where the kernel does not tell
(before Linux 6.2, or not to you: it takes root, or CAP_BPF and CAP_PERFMON); ALLOWED is what the kernel
keeps; EFFECTIVE is where the thread can run now; CPU is where it ran last.

Options:
  --all           every thread of the system
  --json          one JSON object on stdout
  --color WHEN    auto, always, never
  -h, --help      this text

Examples:
  pinfold get 1234
  pinfold get comm:nginx user:bob
  pinfold get --all --json
)";

struct Row {
  Task task;
  Affinity affinity;
};

class Reader {
 public:
  explicit Reader(Kernel& kernel) : kernel_(kernel) {
    if (auto cpus = kernel.cpus()) cpus_ = std::move(*cpus);
  }

  // Where snapshots are not permitted, each thread is asked for, and nobody tells its request.

  Result<void> thread(Tid tid) {
    if (auto snapshot = kernel_.snapshot(tid)) return add(std::move(*snapshot));
    TRY(Task task, kernel_.task(tid));
    return add(std::move(task));
  }

  Result<void> process(Pid pid) {
    TRY(const auto process, kernel_.process(pid));
    if (auto snapshot = kernel_.snapshot(pid)) return add(std::move(*snapshot));
    TRY(const Listing listing, process->list());
    for (const Tid tid : listing.threads) {
      // A thread that ends meanwhile has no mask any more: it is not an error.
      if (auto task = process->task(tid)) (void)add(std::move(*task));
    }
    return {};
  }

  Result<void> everything() {
    if (auto snapshot = kernel_.snapshot(Everybody())) return add(std::move(*snapshot));
    return each_process(kernel_, [&](Pid pid) { return process(pid); });
  }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  /// Why the thread cannot run on all that it is allowed.
  [[nodiscard]] std::string note(const Row& row) const {
    const CpuSet offline = (row.affinity.allowed & cpus_.present) - cpus_.online;
    if (!offline.empty())
      return to_cpu_list(offline) + (offline.count() == 1 ? " is" : " are") + " offline";
    const CpuSet lost = (row.affinity.allowed & cpus_.present) - row.affinity.effective;
    return lost.empty() ? "" : to_cpu_list(lost) + " not usable now";
  }

 private:
  // Where every CPU that there can be is online, allowed and effective are the same.
  [[nodiscard]] bool all_online() const {
    return !cpus_.possible.empty() && cpus_.online.contains(cpus_.possible);
  }

  Result<void> add(std::vector<TaskMasks> snapshot) {
    // Rows are large: it is their places that are sorted.
    const auto places = std::views::iota(std::size_t{0}, snapshot.size());
    std::vector<std::size_t> order(places.begin(), places.end());
    std::ranges::sort(order, {}, [&](std::size_t at) {
      return std::pair(snapshot[at].task.pid, snapshot[at].task.tid);
    });
    for (const std::size_t at : order) {
      auto& [task, allowed, request, outside_clone] = snapshot[at];
      Affinity affinity{.request = std::move(request), .allowed = allowed, .effective = allowed};
      if (!all_online()) {
        auto effective = kernel_.effective(task.tid);
        if (!effective) continue;  // it has ended
        affinity.effective = std::move(*effective);
      }
      rows_.push_back({std::move(task), std::move(affinity)});
    }
    return {};
  }

  Result<void> add(Task task) {
    // One call does instead of a file.
    if (all_online()) {
      TRY(CpuSet effective, kernel_.effective(task.tid));
      rows_.push_back({std::move(task), {std::nullopt, effective, effective}});
      return {};
    }
    TRY(Affinity affinity, read_affinity(kernel_, task.tid));
    rows_.push_back({std::move(task), std::move(affinity)});
    return {};
  }

  Kernel& kernel_;
  SystemCpus cpus_;
  std::vector<Row> rows_;
};

Json to_json(const std::vector<Row>& rows) {
  Json threads = Json::array();
  for (const auto& [task, affinity] : rows) {
    threads.push_back({{"pid", task.pid.value()},
                       {"tid", task.tid.value()},
                       {"name", safe_text(task.name)},
                       {"state", std::string(1, task.state)},
                       {"request", request_json(affinity.request)},
                       {"allowed", to_cpu_list(affinity.allowed)},
                       {"effective", to_cpu_list(affinity.effective)},
                       {"cpu", task.cpu.value()}});
  }
  return {{"schema_version", 1}, {"threads", std::move(threads)}};
}

std::string list_or_none(const CpuSet& cpus) { return cpus.empty() ? "none" : to_cpu_list(cpus); }

void print_table(const Reader& reader) {
  using Line = std::vector<std::string>;
  std::vector<Line> lines = {{"PID", "TID", "NAME", "REQUEST", "ALLOWED", "EFFECTIVE", "CPU", ""}};
  for (const Row& row : reader.rows()) {
    const auto& [task, affinity] = row;
    lines.push_back({std::to_string(task.pid.value()), std::to_string(task.tid.value()),
                     safe_text(task.name), affinity.request ? list_or_none(*affinity.request) : "-",
                     list_or_none(affinity.allowed), list_or_none(affinity.effective),
                     std::to_string(task.cpu.value()), reader.note(row)});
  }
  const Line::size_type last = lines.front().size() - 1;
  std::vector<std::size_t> widths(last, 0);
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < last; ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  const auto is_number = [](std::size_t column) { return column < 2 || column == 6; };
  for (const Line& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < last; ++i) {
      const std::string space(widths[i] - line[i].size(), ' ');
      text += is_number(i) ? space + line[i] : line[i] + space;
      text += "  ";
    }
    text += line[last];
    text.erase(text.find_last_not_of(' ') + 1);
    std::puts(text.c_str());
  }
}

Result<void> read_found(Reader& reader, const Found& found) {
  const Pid* pid = std::get_if<Pid>(&found.target);
  if (!pid) return reader.thread(std::get<Tid>(found.target));
  auto read = reader.process(*pid);
  // One that was selected may have ended.
  if (!read && !found.by_number() && read.error().kind == ErrorKind::no_such_task) return {};
  return read;
}

// Reads what can be read; the others are named. Returns the exit code.
int read_targets(Reader& reader, Kernel& kernel, const std::vector<std::string>& texts) {
  int exit = exit_done;
  const auto failed = [&](const Error& error, Exit code) {
    print_error(error);
    exit = std::max<int>(exit, code);
  };
  std::vector<Selector> selectors;
  for (const std::string& text : texts) {
    auto selector = parse_selector(text);
    if (selector) {
      selectors.push_back(std::move(*selector));
    } else {
      failed(selector.error(), exit_usage);
    }
  }
  Selection selection(kernel, std::move(selectors));
  std::vector<Found> found;
  const auto pass = selection.pass(found);
  if (!pass) {
    failed(pass.error(), exit_failed);
    return exit;
  }
  for (const Error& error : pass->unmatched)
    failed(error, exit_failed);
  if (pass->unmatched.empty()) print_hidden(pass->hidden);
  for (const Found& one : found) {
    if (const auto read = read_found(reader, one); !read) failed(read.error(), exit_failed);
  }
  return exit;
}

}  // namespace

int get_command(int /*argc*/, char** argv) {
  bool all = false;
  bool json = false;
  Options options("get");
  options.flag("--all", all);
  options.flag("--json", json);
  auto options_read = options.read(argv + 1, Options::After::anything);
  if (options.help()) {
    std::fputs(help, stdout);
    return exit_done;
  }
  std::vector<std::string> targets = options.arguments();
  if (options_read && all && !targets.empty()) {
    options_read = fail({.kind = ErrorKind::syntax, .reason = "--all leaves no room for targets"});
  }
  if (!options_read) {
    options.print_usage_error(options_read.error());
    return exit_usage;
  }
  if (!all && targets.empty()) targets = {"self"};

  Reader reader(host_kernel());
  int exit = read_targets(reader, host_kernel(), targets);
  if (const auto read = all ? reader.everything() : Result<void>(); !read) {
    print_error(read.error());
    exit = exit_failed;
  }
  if (json) {
    std::puts(to_json(reader.rows()).dump().c_str());
  } else if (!reader.rows().empty()) {
    print_table(reader);
  }
  return exit;
}

}  // namespace pinfold::tool

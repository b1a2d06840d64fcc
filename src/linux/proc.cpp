#include "linux/proc.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ranges>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"

namespace pinfold {
namespace {

// include/linux/sched.h
constexpr std::uint64_t pf_kthread = 0x00200000;
constexpr std::uint64_t pf_no_setaffinity = 0x04000000;
constexpr unsigned sched_deadline = 6;

// Fields of proc_pid_stat(5), counted from the one behind the name (state = 0).
enum StatField : std::size_t {
  field_state = 0,
  field_parent = 1,
  field_flags = 6,
  field_start_time = 19,
  field_processor = 36,
  field_policy = 38,
  field_count
};

}  // namespace

std::string proc_path(Tid tid, const char* file) {
  const std::string task = tid == Tid() ? "thread-self" : std::to_string(tid.value());
  return "/proc/" + task + '/' + file;
}

Result<void> check_proc() {
  static std::atomic<pid_t> checked_for = 0;
  const pid_t self = ::getpid();
  if (checked_for == self) return {};
  std::array<char, 32> target{};
  const ssize_t length = ::readlink("/proc/self", target.data(), target.size());
  if (length < 0) {
    return fail({.kind = ErrorKind::unsupported, .text = "/proc", .reason = "not mounted"});
  }
  if (std::string_view(target.data(), static_cast<std::size_t>(length)) != std::to_string(self)) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "/proc",
                 .reason = "it shows another pid namespace, where numbers mean other tasks"});
  }
  checked_for = self;
  return {};
}

Result<std::string> read_proc(Tid tid, const char* file) {
  CHECK_OK(check_proc());
  const std::string path = proc_path(tid, file);
  auto content = read_file(path.c_str());
  if (!content && (content.error().number == ENOENT || content.error().number == ESRCH)) {
    return fail({.kind = ErrorKind::no_such_task,
                 .number = ESRCH,
                 .task = "task " + std::to_string(tid.value())});
  }
  return content;
}

std::optional<std::string_view> status_field(std::string_view status, std::string_view name) {
  while (!status.empty()) {
    const std::size_t end = std::min(status.find('\n'), status.size());
    std::string_view line = status.substr(0, end);
    status.remove_prefix(std::min(end + 1, status.size()));
    if (!line.starts_with(name) || line.size() == name.size() || line[name.size()] != ':') continue;
    line.remove_prefix(name.size() + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
      line.remove_prefix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t'))
      line.remove_suffix(1);
    return line;
  }
  return std::nullopt;
}

Result<Task> parse_stat(std::string_view stat) {
  const auto bad = [&](const char* reason) {
    return fail({.kind = ErrorKind::syntax, .text = std::string(stat), .reason = reason});
  };
  // "1234 (name) S …": the name may hold anything, ") R" too, so its end is the last one.
  const std::size_t open = stat.find(" (");
  const std::size_t close = stat.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2) {
    return bad("no name in parentheses");
  }
  std::array<std::string_view, field_count> fields;
  std::string_view rest = stat.substr(close + 2);
  for (auto& field : fields) {
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (fields[field_state].size() != 1) return bad("no state");

  Task task;
  TRY(const auto tid, parse_number<pid_t>(stat.substr(0, open)));
  TRY(const auto parent, parse_number<pid_t>(fields[field_parent]));
  TRY(const auto flags, parse_number<std::uint64_t>(fields[field_flags]));
  TRY(task.start_time, parse_number<std::uint64_t>(fields[field_start_time]));
  TRY(const auto cpu, parse_number<unsigned>(fields[field_processor]));
  TRY(const auto policy, parse_number<unsigned>(fields[field_policy]));
  task.tid = Tid(tid);
  task.parent = Pid(parent);
  task.name = stat.substr(open + 2, close - open - 2);
  task.state = fields[field_state].front();
  task.cpu = CpuId(cpu);
  task.kernel_thread = (flags & pf_kthread) != 0;
  task.bound_by_kernel = (flags & pf_no_setaffinity) != 0;
  task.deadline = policy == sched_deadline;
  return task;
}

std::vector<std::string> cgroup_paths(std::string_view proc_cgroup) {
  std::vector<std::string> paths;
  for (const auto part : std::views::split(proc_cgroup, '\n')) {
    // HIERARCHY:CONTROLLERS:PATH
    const std::string_view line(part.begin(), part.end());
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    paths.emplace_back(line.substr(second + 1));
  }
  return paths;
}

}  // namespace pinfold

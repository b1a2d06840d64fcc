// taskset: util-linux's, option for option and message for message (2.38). It does what it is
// told and no more: CPUs that cannot be used are dropped silently, threads that start meanwhile
// are not chased, no journal is written. tests/cli/taskset_test.cpp compares the two.

#include <getopt.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/version.h>

#include "commands.h"
#include "host/host.h"
#include "taskset_text.h"

namespace pinfold::tool {
namespace {

constexpr const char* help = R"(Run a command on some CPUs, or show or set those of a process.

Usage: taskset [OPTIONS] MASK CMD [ARGUMENT…]
       taskset [OPTIONS] -p [MASK] PID

A drop-in for taskset(1) of util-linux. CPUs that do not exist are dropped silently;
`pinfold run` and `pinfold set` say what cannot be used, and reach threads that -a misses.

Options:
  -a, --all-tasks  with -p: all threads that the process has now, not only the one
  -p, --pid        show or set a running process or thread; PID is the last argument
  -c, --cpu-list   CPUs are a list, 0-3,8 or 0-31:2 (every 2nd), not a hexadecimal mask
  -h, --help       this text
  -V, --version    the version

Exit: CMD's own; 126 if it cannot be executed, 127 if there is none; 1 for any other failure.

Examples:
  taskset 0x3 make -j2
  taskset -c 0-3,8 ./server
  taskset -p 1234
  taskset -apc 0-3 1234
)";

constexpr option long_options[] = {
    {"all-tasks", no_argument, nullptr, 'a'}, {"pid", no_argument, nullptr, 'p'},
    {"cpu-list", no_argument, nullptr, 'c'},  {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},   {},
};

enum class Form {
  mask,
  list
};

struct Request {
  Form form = Form::mask;
  bool all_tasks = false;
  pid_t pid = 0;               // 0: a command is to be run
  const char* cpus = nullptr;  // null: only show
  char** command = nullptr;
};

void complain(const std::string& text) { std::fprintf(stderr, "taskset: %s\n", text.c_str()); }

int usage_error() {
  std::fputs("Try 'taskset --help' for more information.\n", stderr);
  return exit_failed;
}

std::optional<pid_t> parse_pid(const char* text) {
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text, &end, 10);
  const bool whole = end != text && *end == '\0';
  using Limits = std::numeric_limits<pid_t>;
  if (errno == 0 && whole && (value < Limits::min() || value > Limits::max())) errno = ERANGE;
  if (errno == 0 && whole) return static_cast<pid_t>(value);
  const std::string reason = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  complain("invalid PID argument: '" + std::string(text) + '\'' + reason);
  return std::nullopt;
}

// Fills `request`; returns an exit code where there is nothing left to do.
std::optional<int> parse(std::span<char*> arguments, Request& request) {
  const auto count = static_cast<int>(arguments.size());
  for (int option;
       (option = ::getopt_long(count, arguments.data(), "+apchV", long_options, nullptr)) != -1;) {
    switch (option) {
      case 'a':
        request.all_tasks = true;
        break;
      case 'c':
        request.form = Form::list;
        break;
      case 'p': {
        // Whatever stands last, even if it is this option.
        const auto pid = parse_pid(arguments.back());
        if (!pid) return exit_failed;
        request.pid = *pid;
        break;
      }
      case 'h':
        std::fputs(help, stdout);
        return exit_done;
      case 'V':
        std::puts("taskset from pinfold " PINFOLD_VERSION);
        return exit_done;
      default:
        return usage_error();
    }
  }
  const auto rest = arguments.subspan(static_cast<std::size_t>(::optind));
  const bool for_pid = request.pid != 0;
  if (rest.size() < (for_pid ? 1 : 2) || (for_pid && rest.size() > 2)) {
    complain("bad usage");
    return usage_error();
  }
  if (rest.size() > 1) request.cpus = rest[0];
  if (!for_pid) request.command = &rest[1];
  return std::nullopt;
}

bool report_failure(const char* action, pid_t pid, const Error& error) {
  complain(std::string("failed to ") + action + " pid " + std::to_string(pid) +
           "'s affinity: " + std::strerror(error.number));
  return false;
}

bool show(Kernel& kernel, pid_t pid, Form form, const char* when) {
  const auto now = kernel.effective(Tid(pid));
  if (!now) return report_failure("get", pid, now.error());
  std::printf("pid %d's %s affinity %s: %s\n", pid, when, form == Form::list ? "list" : "mask",
              (form == Form::list ? to_taskset_list(*now) : to_hex_mask(*now)).c_str());
  return true;
}

bool show_and_set(Kernel& kernel, pid_t pid, Form form, const CpuSet* cpus) {
  if (!show(kernel, pid, form, "current")) return false;
  if (!cpus) return true;
  if (const auto set = kernel.set_affinity(Tid(pid), *cpus); !set) {
    return report_failure("set", pid, set.error());
  }
  return show(kernel, pid, form, "new");
}

// Any thread's number names its process. One that does not exist has no threads, and that is no
// error here.
Result<std::vector<Tid>> threads_of(Kernel& kernel, pid_t pid) {
  auto process = kernel.process(Pid(pid));
  if (!process && process.error().kind == ErrorKind::not_a_process) {
    if (const auto task = kernel.task(Tid(pid))) process = kernel.process(task->pid);
  }
  if (process) {
    if (auto listing = (*process)->list()) return std::move(listing->threads);
  } else if (process.error().kind == ErrorKind::unsupported) {
    return fail(process.error());
  }
  return std::vector<Tid>();
}

int run_for_pid(Kernel& kernel, const Request& request, const CpuSet* cpus) {
  std::vector<Tid> threads = {Tid(request.pid)};
  if (request.all_tasks) {
    auto listed = threads_of(kernel, request.pid);
    if (!listed) {
      complain(message(listed.error()));
      return exit_failed;
    }
    threads = std::move(*listed);
  }
  for (const Tid thread : threads) {
    if (!show_and_set(kernel, thread.value(), request.form, cpus)) return exit_failed;
  }
  return exit_done;
}

int run_with_command(Kernel& kernel, const Request& request, const CpuSet& cpus) {
  if (const auto set = kernel.set_affinity(Tid(), cpus); !set) {
    report_failure("set", ::getpid(), set.error());
    return exit_failed;
  }
  ::execvp(request.command[0], request.command);
  const int reason = errno;
  complain(std::string("failed to execute ") + request.command[0] + ": " + std::strerror(reason));
  return reason == ENOENT ? exit_not_found : exit_not_executable;
}

int run(std::span<char*> arguments) {
  Request request;
  if (const auto ended = parse(arguments, request)) return *ended;
  std::optional<CpuSet> cpus;
  if (request.cpus) {
    const bool list = request.form == Form::list;
    cpus = list ? parse_taskset_list(request.cpus) : parse_taskset_mask(request.cpus);
    if (!cpus) {
      complain(std::string("failed to parse CPU ") + (list ? "list" : "mask") + ": " +
               request.cpus);
      return exit_failed;
    }
  }
  Kernel& kernel = host_kernel();
  if (request.command) return run_with_command(kernel, request, *cpus);
  return run_for_pid(kernel, request, cpus ? &*cpus : nullptr);
}

// A closed stdout, or a reader that has gone, is not an error.
bool written() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  if (errno == EPIPE || errno == EBADF) return true;
  complain(std::string("write error: ") + std::strerror(errno));
  return false;
}

}  // namespace

int taskset_command(int argc, char** argv) {
  const int result = run({argv, static_cast<std::size_t>(argc)});
  return written() ? result : exit_failed;
}

}  // namespace pinfold::tool

#include "pin/no_match.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

#include "base/closest.h"
#include "base/file.h"
#include "base/user.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

// TASK_COMM_LEN of include/linux/sched.h, without the zero at the end.
constexpr std::size_t longest_name = 15;

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class Explanation {
 public:
  Explanation(Kernel& kernel, const Selector& selector) : kernel_(kernel) {
    error_ = {.kind = ErrorKind::no_match, .text = selector.text};
  }

  Error take() { return std::move(error_); }

  void operator()(const ByName& name) {
    if (name.pattern.find_first_of("*?") != std::string::npos) return;
    if (name.pattern.size() > longest_name) {
      error_.reason = "the kernel keeps " + std::to_string(longest_name) + " bytes of a name";
      error_.advice = "say comm:" + name.pattern.substr(0, longest_name);
      return;
    }
    std::vector<std::string> names;
    for_each_process([&](Pid pid) {
      if (auto task = kernel_.leader(pid);
          task && !task->kernel_thread && task->name != name.pattern) {
        names.push_back(std::move(task->name));
      }
      return true;
    });
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    if (const auto near = closest(name.pattern, candidates)) {
      error_.advice = "did you mean comm:" + std::string(*near) + '?';
    }
  }

  void operator()(const ByExecutable& executable) {
    struct stat file{};
    const bool there = ::stat(executable.path.c_str(), &file) == 0;
    const int number = there ? 0 : errno;
    if (there && S_ISDIR(file.st_mode)) {
      error_.reason = "it is a folder";
    } else if (there && is_script(executable.path)) {
      error_.reason = "it is a script, and runs as its interpreter";
      error_.advice = "its name may do: comm:" + last_part(executable.path).substr(0, longest_name);
    } else if (const auto older = who_runs_older(executable.path)) {
      error_.reason =
          task_label(*older) + " runs an older file, which has been replaced or removed";
      error_.advice = "give it by number, or by name: comm:" +
                      last_part(executable.path).substr(0, longest_name);
    } else if (!there) {
      error_.reason = number == ENOENT ? "there is no such file" : std::strerror(number);
      if (!executable.path.contains('/')) {
        error_.advice = "a path is expected; comm:" + executable.path + " goes by name";
      }
    }
  }

  void operator()(const ByUser& user) {
    if (std::holds_alternative<uid_t>(user.user)) return;
    if (user_id(std::get<std::string>(user.user))) return;
    error_.reason = "/etc/passwd has no such user";
    error_.advice = "a user's number is taken, too: user:1000";
  }

  // One may have given the path with the mount point before it, or as another namespace shows it.
  void operator()(const ByCgroup& cgroup) {
    std::string best;
    for_each_process([&](Pid pid) {
      const auto paths = kernel_.cgroups(pid.leader());
      if (!paths) return true;
      for (const std::string& path : *paths) {
        for (std::size_t at = cgroup.path.find('/', 1); at != std::string::npos;
             at = cgroup.path.find('/', at + 1)) {
          const std::string_view end = std::string_view(cgroup.path).substr(at);
          const bool inside =
              path.starts_with(end) && (path.size() == end.size() || path[end.size()] == '/');
          if (inside && end.size() > best.size()) best = end;
        }
      }
      return true;
    });
    if (!best.empty()) error_.advice = "did you mean cgroup:" + best + '?';
  }

  void operator()(Pid) {}
  void operator()(Tid) {}
  void operator()(Self) {}

 private:
  void for_each_process(const std::function<bool(Pid)>& look) {
    const auto pids = kernel_.processes();
    if (!pids) return;
    for (const Pid pid : *pids) {
      if (!look(pid)) return;
    }
  }

  static bool is_script(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    char start[2];
    return file.is_open() && ::read(file.get(), start, 2) == 2 && start[0] == '#' &&
           start[1] == '!';
  }

  std::optional<Task> who_runs_older(const std::string& path) {
    std::optional<Task> found;
    for_each_process([&](Pid pid) {
      const auto runs = kernel_.executable_path(pid);
      if (!runs || *runs != path + " (deleted)") return true;
      if (auto task = kernel_.leader(pid)) found = std::move(*task);
      return !found;
    });
    return found;
  }

  Kernel& kernel_;
  Error error_;
};

}  // namespace

Error no_match(Kernel& kernel, const Selector& selector, const std::map<Pid, LeftOut>& left_out,
               std::size_t hidden) {
  if (!left_out.empty()) {
    const auto& [pid, first] = *left_out.begin();
    Error error{.kind = ErrorKind::no_match,
                .task = task_label(first.task) + ", " + first.why,
                .text = selector.text};
    if (left_out.size() > 1) {
      error.task += ", and " + std::to_string(left_out.size() - 1) + " more";
      error.advice = "selections leave them out: give them by number";
    } else {
      error.advice = "selections leave it out: say " + std::to_string(pid.value());
    }
    return error;
  }
  Explanation explanation(kernel, selector);
  std::visit(explanation, selector.what);
  Error error = explanation.take();
  if (error.reason.empty() && hidden > 0) {
    error.reason = hidden == 1
                       ? "1 process of others could not be looked at"
                       : std::to_string(hidden) + " processes of others could not be looked at";
    error.advice = "root can look at them";
  }
  return error;
}

}  // namespace pinfold

#include "sim/proc_path.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/number.h"

namespace pinfold::sim {
namespace {

struct Name {
  std::string_view name;
  ProcFile file;
};
constexpr std::array of_tasks = {
    Name{"status", ProcFile::status},        Name{"stat", ProcFile::stat},
    Name{"cgroup", ProcFile::cgroup},        Name{"cpuset", ProcFile::cpuset},
    Name{"mountinfo", ProcFile::mount_info}, Name{"mounts", ProcFile::mounts},
};
constexpr std::array of_the_system = {
    Name{"cpuinfo", ProcFile::cpu_info},
    Name{"stat", ProcFile::system_stat},
};

template <std::size_t Size>
std::optional<ProcFile> find(const std::array<Name, Size>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Name::name);
  return found == names.end() ? std::nullopt : std::optional(found->file);
}

std::optional<pid_t> number_of(std::string_view step) {
  const auto number = parse_number<pid_t>(step);
  return number && *number > 0 ? std::optional(*number) : std::nullopt;
}

std::vector<std::string_view> steps_of(std::string_view path) {
  std::vector<std::string_view> steps;
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(step.size() + 1, path.size()));
    if (!step.empty()) steps.push_back(step);
  }
  return steps;
}

}  // namespace

bool may_be_proc_file(std::string_view path) {
  const auto slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return find(of_tasks, name) || find(of_the_system, name);
}

std::optional<ProcPath> parse_proc_path(std::string_view path) {
  const auto steps = steps_of(path);
  if (steps.size() < 2 || steps.size() > 5 || steps[0] != "proc" || !path.starts_with('/')) {
    return std::nullopt;
  }
  if (steps.size() == 2) {
    if (const auto file = find(of_the_system, steps[1])) return ProcPath{.file = *file};
    // A link to self/mounts.
    if (steps[1] == "mounts") {
      return ProcPath{.file = ProcFile::mounts, .whose = ProcPath::Whose::self};
    }
    return std::nullopt;
  }
  const auto file = find(of_tasks, steps.back());
  if (!file) return std::nullopt;
  ProcPath found{.file = *file};
  if (steps[1] == "self") {
    found.whose = ProcPath::Whose::self;
  } else if (steps[1] == "thread-self") {
    found.whose = ProcPath::Whose::this_thread;
  } else if (const auto process = number_of(steps[1])) {
    found.whose = ProcPath::Whose::number;
    found.process = *process;
  } else {
    return std::nullopt;
  }
  if (steps.size() == 3) return found;
  if (steps.size() != 5 || steps[2] != "task") return std::nullopt;
  const auto thread = number_of(steps[3]);
  if (!thread) return std::nullopt;
  found.thread = *thread;
  return found;
}

std::string absolute_path(std::string_view base, std::string_view path) {
  std::vector<std::string_view> steps;
  for (const std::string_view part : {path.starts_with('/') ? std::string_view() : base, path}) {
    for (const std::string_view step : steps_of(part)) {
      if (step == ".") continue;
      if (step != "..") {
        steps.push_back(step);
      } else if (!steps.empty()) {
        steps.pop_back();
      }
    }
  }
  std::string whole;
  for (const std::string_view step : steps)
    whole.append("/").append(step);
  return whole.empty() ? "/" : whole;
}

}  // namespace pinfold::sim

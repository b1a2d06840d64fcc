#include "topo/task_colours.h"

#include <algorithm>
#include <array>
#include <set>

#include "topo/text.h"

namespace pinfold::tool {
namespace {

// Okabe and Ito's, which look different to everybody, without the yellow that is lost on white.
constexpr std::array<std::string_view, 7> colours = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                     "#56b4e9", "#d55e00", "#3b2a7a"};

enum class By {
  process,
  name
};

std::vector<ColouredTasks> grouped(std::span<const Pinned> tasks, By by) {
  std::vector<ColouredTasks> groups;
  for (const Pinned& task : tasks) {
    auto group = std::ranges::find_if(groups, [&](const ColouredTasks& one) {
      return by == By::name ? one.name == task.name : one.pids.front() == task.pid;
    });
    if (group == groups.end()) group = groups.insert(group, {.name = task.name});
    if (std::ranges::find(group->pids, task.pid) == group->pids.end())
      group->pids.push_back(task.pid);
    group->threads += task.threads;
    group->cpus |= task.cpus;
  }
  return groups;
}

}  // namespace

std::vector<ColouredTasks> colour_tasks(std::span<const Pinned> tasks) {
  std::set<Pid> processes;
  for (const Pinned& task : tasks)
    processes.insert(task.pid);
  auto groups = grouped(tasks, processes.size() > colours.size() ? By::name : By::process);
  // Tasks come by their CPUs, which decide among equals.
  std::ranges::stable_sort(groups, std::ranges::greater(), &ColouredTasks::threads);
  for (std::size_t i = 0; i < std::min(groups.size(), colours.size()); ++i)
    groups[i].colour = colours.at(i);
  return groups;
}

std::string tasks_name(const ColouredTasks& tasks) {
  constexpr std::size_t longest = 24;
  const std::string name = name_text(tasks.name, longest, {});
  const std::size_t processes = tasks.pids.size();
  if (processes > 1) return name + ", " + count_text(processes, "process", "processes");
  return name + " (" + std::to_string(tasks.pids.front().value()) + ')';
}

}  // namespace pinfold::tool

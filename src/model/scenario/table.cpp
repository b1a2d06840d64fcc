// What `show` shows.
#include <algorithm>
#include <array>

#include <pinfold/cpu_list.h>

#include "model/scenario/names.h"
#include "model/scenario/scenario.h"

namespace pinfold::model {
namespace {

constexpr std::size_t columns = 7;
using Row = std::array<std::string, columns>;

}  // namespace

const char* name(TaskState state) {
  switch (state) {
    case TaskState::unborn:
      return "unborn";
    case TaskState::runnable:
      return "runnable";
    case TaskState::sleeping:
      return "sleeping";
    case TaskState::zombie:
      return "zombie";
  }
  return "";
}

std::string to_table(const std::vector<TaskView>& tasks) {
  std::vector<Row> rows = {{"TASK", "STATE", "CPU", "REQUEST", "ALLOWED", "EFFECTIVE", "CGROUP"}};
  for (const TaskView& task : tasks) {
    rows.push_back({task.name, task.is_running ? "running" : name(task.state),
                    std::to_string(task.cpu), task.request ? list_or_none(*task.request) : "-",
                    list_or_none(task.allowed), list_or_none(task.effective), task.cgroup});
  }
  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i + 1 < columns; ++i)
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back();
  }
  return text;
}

}  // namespace pinfold::model

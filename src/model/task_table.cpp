#include "model/task_table.h"

#include <algorithm>
#include <utility>

namespace pinfold::model {
namespace {

constexpr pid_t first_after_wrap = 300;  // RESERVED_PIDS of kernel/pid.c

// The namespaces of `space` below the first, outermost first.
std::vector<const PidNamespace*> chain(const PidNamespace& space) {
  std::vector<const PidNamespace*> spaces;
  for (const PidNamespace* at = &space; at->parent; at = at->parent)
    spaces.push_back(at);
  std::ranges::reverse(spaces);
  return spaces;
}

}  // namespace

const PidNamespace& TaskTable::make_namespace(const PidNamespace& parent) {
  auto made = std::make_unique<Inner>();
  made->parent = &parent;
  made->level = parent.level + 1;
  made->id = first_.id + 1 + inner_.size();
  return *inner_.emplace_back(std::move(made));
}

// All but the first are of this kind, and ours.
TaskTable::Inner& TaskTable::inner(const PidNamespace& space) {
  return const_cast<Inner&>(static_cast<const Inner&>(space));  // NOLINT(*-const-cast,*-downcast)
}

void TaskTable::set_init(const PidNamespace& space, Process* init) {
  (space.parent ? inner(space) : first_).init = init;
}

bool TaskTable::is_taken(pid_t number) const {
  const auto index = static_cast<std::size_t>(number);
  return index < taken_.size() && taken_[index];
}

pid_t TaskTable::next_number() {
  const auto free_between = [&](pid_t from, pid_t to) {
    for (pid_t number = from; number <= to; ++number) {
      if (!is_taken(number)) return number;
    }
    return pid_t{0};
  };
  pid_t number = free_between(last_ + 1, highest_);
  if (number == 0) number = free_between(std::min(first_after_wrap, highest_), last_);
  return number;
}

bool TaskTable::number(Task& task, const PidNamespace& space, pid_t wanted) {
  const pid_t number = wanted == 0 ? next_number() : wanted;
  if (number == 0 || is_taken(number)) return false;
  if (wanted == 0) last_ = number;
  const auto index = static_cast<std::size_t>(number);
  if (index >= taken_.size()) {
    const std::size_t size = std::max<std::size_t>(index + 1, taken_.size() * 3 / 2);
    taken_.resize(size);
    tasks_.resize(size);
  }
  taken_[index] = true;
  task.number = number;
  task.pid_namespace = &space;
  if (!space.parent) return true;
  task.inner_numbers = std::make_unique<std::vector<pid_t>>();
  for (const PidNamespace* at : chain(space))
    task.inner_numbers->push_back(++inner(*at).last);
  return true;
}

void TaskTable::list(Task& task) {
  tasks_[static_cast<std::size_t>(task.number)] = &task;
  if (!task.inner_numbers) return;
  const auto spaces = chain(*task.pid_namespace);
  for (std::size_t i = 0; i < spaces.size(); ++i)
    inner(*spaces[i]).tasks[(*task.inner_numbers)[i]] = &task;
}

void TaskTable::unlist(Task& task) {
  const auto index = static_cast<std::size_t>(task.number);
  tasks_[index] = nullptr;
  taken_[index] = false;
  if (!task.inner_numbers) return;
  const auto spaces = chain(*task.pid_namespace);
  for (std::size_t i = 0; i < spaces.size(); ++i)
    inner(*spaces[i]).tasks.erase((*task.inner_numbers)[i]);
}

void TaskTable::exchange(Task& task, Task& other) {
  std::swap(task.number, other.number);
  std::swap(task.inner_numbers, other.inner_numbers);
  list(task);
  list(other);
}

Task* TaskTable::find(pid_t number, const PidNamespace& space) const {
  if (!space.parent) return find(number);
  const auto& tasks = inner(space).tasks;
  const auto found = tasks.find(number);
  return found == tasks.end() ? nullptr : found->second;
}

pid_t TaskTable::number_in(const Task& task, const PidNamespace& space) {
  if (!space.parent) return task.number;
  const PidNamespace* at = task.pid_namespace;
  while (at && at->level > space.level)
    at = at->parent;
  return at == &space ? (*task.inner_numbers)[space.level - 1] : 0;
}

}  // namespace pinfold::model

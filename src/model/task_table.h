// Which task has which number.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "model/task.h"

namespace pinfold::model {

/// Numbers are given in turn, as the kernel does: the next one is above the last, and after the
/// highest they begin again at 300.
class TaskTable {
 public:
  explicit TaskTable(pid_t highest) : highest_(highest) {
    first_.id = 0xEFFF'FFFC;  // PROC_PID_INIT_INO of linux/proc_ns.h
  }

  [[nodiscard]] const PidNamespace& first_namespace() const { return first_; }
  /// A namespace below `parent`; the first process that is numbered in it is its init.
  const PidNamespace& make_namespace(const PidNamespace& parent);
  void set_init(const PidNamespace& space, Process* init);

  /// Gives `task` its numbers in `space` and above; in the first namespace `wanted`, or the next
  /// one for 0. False where there is no number left, or that one is taken. It is found only when it
  /// is listed.
  bool number(Task& task, const PidNamespace& space, pid_t wanted = 0);
  void list(Task& task);
  void unlist(Task& task);
  /// `task` takes the place of `other` (execve(2) of a thread that is not the leader).
  void exchange(Task& task, Task& other);

  [[nodiscard]] Task* find(pid_t number) const {
    const auto index = static_cast<std::size_t>(number);
    return number > 0 && index < tasks_.size() ? tasks_[index] : nullptr;
  }
  /// By its number in that namespace; null for who is not to be seen from there.
  [[nodiscard]] Task* find(pid_t number, const PidNamespace& space) const;
  /// Its number in that namespace; 0 where it has none.
  [[nodiscard]] static pid_t number_in(const Task& task, const PidNamespace& space);

  /// Every task that is listed, by ascending number.
  template <class Function>
  void for_each(Function&& function) const {
    for (Task* task : tasks_) {
      if (task) function(*task);
    }
  }

 private:
  struct Inner : PidNamespace {
    std::map<pid_t, Task*> tasks;
    pid_t last = 0;
  };

  [[nodiscard]] bool is_taken(pid_t number) const;
  pid_t next_number();
  static Inner& inner(const PidNamespace& space);

  PidNamespace first_;
  std::vector<Task*> tasks_;  // by number; null: nobody, or not listed
  std::vector<bool> taken_;
  std::vector<std::unique_ptr<Inner>> inner_;
  pid_t last_ = 0;
  pid_t highest_;
};

}  // namespace pinfold::model

// A call that the caller of a session makes.
#pragma once

#include <cerrno>
#include <mutex>
#include <string>

#include "model/abi.h"
#include "model/awake.h"

namespace pinfold::model {

/// Kind `no_such_task`: "process 5", "task 5", "thread 5".
inline std::unexpected<Error> no_such_task(const char* what, pid_t number) {
  return fail({.kind = ErrorKind::no_such_task,
               .number = ESRCH,
               .task = std::string(what) + ' ' + std::to_string(number)});
}

/// While it lives nobody else uses the system, and the caller runs.
class Call {
 public:
  explicit Call(const Session& session)
      : lock_(session.mutex),
        system_(session.system),
        caller_(*session.caller),
        awake_(system_, caller_) {}

  [[nodiscard]] Task& caller() const { return caller_; }
  [[nodiscard]] const PidNamespace& space() const { return *caller_.pid_namespace; }
  [[nodiscard]] Result<const Task*> find(Tid tid) const {
    const Task* task = system_.find(caller_, tid.value());
    if (!task) return no_such_task("task", tid.value());
    return task;
  }

 private:
  std::scoped_lock<std::mutex> lock_;
  System& system_;
  Task& caller_;
  Awake awake_;
};

/// What /proc shows of the task in that pid namespace. Who can be seen there only.
pinfold::Task shown(const Task& task, const PidNamespace& space, const Profile& profile);

}  // namespace pinfold::model

// All tasks at once, as the kernel's task iterator shows them.
#include <cerrno>

#include "base/try.h"
#include "model/call.h"
#include "model/kernel.h"

namespace pinfold::model {
namespace {

// linux/capability.h
constexpr unsigned cap_sys_admin = 21;
constexpr unsigned cap_perfmon = 38;
constexpr unsigned cap_bpf = 39;

// bpf_capable() and perfmon_capable(): in the first user namespace.
bool may_load_programs(const Credentials& who) {
  const UserNamespace* first = who.user_namespace.get();
  while (first->parent)
    first = first->parent.get();
  const auto has = [&](unsigned capability) {
    return capable(who, *first, capability) || capable(who, *first, cap_sys_admin);
  };
  return has(cap_bpf) && has(cap_perfmon);
}

// Of who runs, nothing is known.
bool is_outside_clone(const Task& task) {
  return task.state != TaskState::runnable && !task.cloning && !task.forking;
}

bool is_in(const Scope& scope, const pinfold::Task& task) {
  if (const Pid* pid = std::get_if<Pid>(&scope)) return task.pid == *pid;
  if (const Tid* tid = std::get_if<Tid>(&scope)) return task.tid == *tid;
  return true;
}

}  // namespace

Result<std::vector<TaskMasks>> ModelKernel::snapshot(const Scope& scope) {
  const Call call(session_);
  const System& system = session_.system;
  if (!system.profile().task_iterator.value) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "a snapshot of tasks",
                 .reason = "this kernel has no task iterator"});
  }
  if (!may_load_programs(*call.caller().credentials)) {
    return fail({.kind = ErrorKind::system, .number = EPERM, .text = "bpf"});
  }
  Scope of = scope;
  if (const Tid* tid = std::get_if<Tid>(&of); tid && *tid == Tid()) {
    of = Tid(TaskTable::number_in(call.caller(), call.space()));
  }
  std::vector<TaskMasks> found;
  system.tasks().for_each([&](const Task& task) {
    if (TaskTable::number_in(task, call.space()) == 0) return;
    TaskMasks masks{.task = shown(task, call.space(), system.profile()),
                    .allowed = *task.allowed,
                    .request = std::nullopt,
                    .outside_clone = is_outside_clone(task)};
    if (!is_in(of, masks.task)) return;
    if (system.profile().requests.value) masks.request = task.request ? *task.request : CpuSet();
    found.push_back(std::move(masks));
  });
  if (found.empty()) {
    const Pid* pid = std::get_if<Pid>(&of);
    return pid ? no_such_task("process", pid->value())
               : no_such_task("task", std::get<Tid>(of).value());
  }
  return found;
}

}  // namespace pinfold::model

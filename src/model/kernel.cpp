#include "model/kernel.h"

#include <algorithm>

#include "base/try.h"
#include "kernel/permission.h"
#include "model/process.h"

namespace pinfold::model {
namespace {

// /proc/sys/kernel/random/boot_id
constexpr const char* boot_id = "00000000-0000-4000-8000-000000000001";

char state_of(const Task& task) {
  switch (task.state) {
    case TaskState::runnable:
      return 'R';
    case TaskState::zombie:
      return 'Z';
    case TaskState::unborn:
    case TaskState::sleeping:
      break;
  }
  return 'S';
}

// A user who has no number in the reader's namespace is shown as nobody (from_kuid_munged()).
uid_t shown_uid(uid_t uid, const UserNamespace& reader) {
  constexpr uid_t overflow = 65534;  // kernel.overflowuid
  if (reader.level == 0) return uid;
  return reader.root == uid ? 0 : overflow;
}

const Process* find_process(const System& system, const Call& call, Pid pid) {
  const Task* task = pid == Pid() ? nullptr : system.find(call.caller(), pid.value());
  return task ? task->process : nullptr;
}

// Where /proc/PID/exe leads.
Result<std::shared_ptr<const Program>> program_of(const Session& session, Pid pid) {
  const Call call(session);
  const Process* process = find_process(session.system, call, pid);
  if (!process) return no_such_task("process", pid.value());
  if (!session.system.may_look_at(call.caller(), *process->leader)) {
    return fail({.kind = ErrorKind::system,
                 .number = EACCES,
                 .text = "/proc/" + std::to_string(pid.value()) + "/exe"});
  }
  return process->program;
}

}  // namespace

pinfold::Task shown(const Task& task, const PidNamespace& space, const Profile& profile) {
  const auto number = [&](const Task& of) { return TaskTable::number_in(of, space); };
  const Process* parent = task.process->parent;
  return {.pid = Pid(number(*task.process->leader)),
          .parent = Pid(parent ? number(*parent->leader) : 0),
          .tid = Tid(number(task)),
          .name = task.name(),
          .state = state_of(task),
          .start_time = task.start_time,
          .cpu = CpuId(task.cpu),
          .kernel_thread = task.is_kernel_thread(),
          .bound_by_kernel = profile.bound_threads && task.kernel_thread == KernelThread::bound,
          .deadline = task.deadline};
}

Result<CpuSet> ModelKernel::allowed(Tid tid) {
  const Call call(session_);
  TRY(const Task* const task, call.find(tid));
  return *task->allowed;
}

Result<SystemId> ModelKernel::system_id() {
  const Call call(session_);
  return SystemId{.boot = boot_id, .pid_namespace = call.space().id};
}

Result<pinfold::Task> ModelKernel::task(Tid tid) {
  const Call call(session_);
  TRY(const Task* const task, call.find(tid));
  return shown(*task, call.space(), session_.system.profile());
}

Result<pinfold::Credentials> ModelKernel::credentials(Tid tid) {
  const Call call(session_);
  TRY(const Task* const task, call.find(tid));
  const UserNamespace& reader = *call.caller().credentials->user_namespace;
  pinfold::Credentials credentials = *task->credentials;
  credentials.real = shown_uid(credentials.real, reader);
  credentials.effective = shown_uid(credentials.effective, reader);
  return credentials;
}

// Of a task that is not there nothing speaks against the caller's own namespace.
Result<bool> ModelKernel::may_set_anybody(Tid tid) {
  const Call call(session_);
  const Credentials& own = *call.caller().credentials;
  const Task* task = session_.system.find(call.caller(), tid.value());
  const Credentials& other = task ? *task->credentials : own;
  return capable(own, *other.user_namespace, cap_sys_nice);
}

std::optional<bool> ModelKernel::runs_32_bit(Tid tid) {
  const Call call(session_);
  const Task* task = session_.system.find(call.caller(), tid.value());
  if (!task || !task->process->program || task->state == TaskState::zombie) return std::nullopt;
  if (!session_.system.may_look_at(call.caller(), *task)) return std::nullopt;
  return task->process->program->is_32_bit;
}

bool ModelKernel::deadline_admission() {
  const Call call(session_);
  return session_.system.setup().deadline_admission;
}

Result<std::vector<Pid>> ModelKernel::processes() {
  const Call call(session_);
  std::vector<Pid> pids;
  session_.system.tasks().for_each([&](const Task& task) {
    if (task.process->leader != &task) return;
    if (const pid_t number = TaskTable::number_in(task, call.space()); number != 0) {
      pids.emplace_back(number);
    }
  });
  std::ranges::sort(pids);  // they are by their numbers in the first namespace
  return pids;
}

Result<pinfold::Task> ModelKernel::leader(Pid pid) { return task(pid.leader()); }

Result<std::optional<FileId>> ModelKernel::executable(Pid pid) {
  const auto program = program_of(session_, pid);
  if (!program) return fail(program.error());
  return *program ? std::optional((*program)->file) : std::nullopt;
}

Result<std::string> ModelKernel::executable_path(Pid pid) {
  const auto program = program_of(session_, pid);
  if (!program) return fail(program.error());
  return *program ? (*program)->path : std::string();
}

Result<std::unique_ptr<pinfold::Process>> ModelKernel::process(Pid pid) {
  const Call call(session_);
  const Process* process = find_process(session_.system, call, pid);
  if (!process) return no_such_task("process", pid.value());
  const pid_t owner = TaskTable::number_in(*process->leader, call.space());
  if (owner != pid.value()) {
    return fail({.kind = ErrorKind::not_a_process,
                 .task = std::to_string(pid.value()),
                 .owner = std::to_string(owner),
                 .text = "tid:" + std::to_string(pid.value())});
  }
  return std::make_unique<ModelProcess>(session_, *process, call.space());
}

}  // namespace pinfold::model

// How tasks come to be and end: kernel/fork.c, kernel/exit.c, fs/exec.c, as far as masks go.
#include <cerrno>

#include "kernel/permission.h"
#include "model/system.h"

namespace pinfold::model {

int System::begin_clone(Task& creator, const CloneOptions& options, Task*& made) {
  made = nullptr;
  if (creator.deadline) return -EAGAIN;
  const bool thread = options.make == Make::thread;
  Process* process = thread ? creator.process : new Process;  // NOLINT(*-owning-memory)
  Task& task = new_task(*process);
  const PidNamespace& space = options.new_pid_namespace
                                  ? tasks_.make_namespace(*creator.pid_namespace)
                                  : *creator.pid_namespace;
  if (!tasks_.number(task, space, options.number)) {
    delete &task;                 // NOLINT(*-owning-memory)
    if (!thread) delete process;  // NOLINT(*-owning-memory)
    return options.number == 0 ? -EAGAIN : -EEXIST;
  }
  task.allowed = creator.allowed;
  task.request = creator.request;
  task.credentials = creator.credentials;
  task.comm = creator.comm;
  task.cpu = creator.cpu;
  task.cgroup = creator.cgroup;
  if (creator.memory_policy) {
    task.memory_policy = std::make_unique<MemoryPolicy>(*creator.memory_policy);
  }
  task.creator = &creator;
  (thread ? creator.cloning : creator.forking) = true;
  if (!thread) {
    process->leader = &task;
    process->parent = creator.process;
    process->program = creator.process->program;
    process->dumpable = creator.process->dumpable;
    if (options.new_pid_namespace) {
      process->reaper = true;
      tasks_.set_init(space, process);
    }
  }
  unborn_.push_back(&task);
  made = &task;
  step(Step::mask_copied, task);
  return 0;
}

void System::finish_clone(Task& made) {
  Process& process = *made.process;
  const bool thread = process.leader != &made;
  made.cgroup = made.creator->cgroup;  // cgroup_can_fork(): he may have been moved since
  process.threads.push_back(made);
  if (!thread) process.parent->children.push_back(process);
  tasks_.list(made);
  made.cgroup->tasks.push_back(made);
  fork_into_cpuset(made);
  made.creator->cloning = made.creator->forking = false;
  made.creator = nullptr;
  std::erase(unborn_, &made);
  wake(made);  // wake_up_new_task()
}

// cpuset_fork(): in a cpuset but the root, a task starts with what its creator has now and not with
// what he had when the clone began.
void System::fork_into_cpuset(Task& made) {
  if (made.cgroup->governing().is_root()) return;
  allow(made, *made.creator->allowed);
}

int System::clone(Task& creator, const CloneOptions& options, Task*& made) {
  if (const int refused = begin_clone(creator, options, made); refused != 0) return refused;
  finish_clone(*made);
  return 0;
}

Process& System::reaper_of(const Process& process) const {
  const PidNamespace* space = process.leader->pid_namespace;
  for (Process* at = process.parent; at && at->leader->pid_namespace == space; at = at->parent) {
    if (at->reaper) return *at;
  }
  return space->init ? *space->init : *init().process;
}

void System::orphan_children(Process& process) {
  Process& reaper = reaper_of(process);
  while (Process* child = process.children.front()) {
    process.children.remove(*child);
    child->parent = &reaper;
    reaper.children.push_back(*child);
    const bool ended = child->threads.size() == 1 && child->leader->state == TaskState::zombie;
    if (ended && &reaper == init().process) reap(*child);
  }
}

void System::leave_cpu_and_cgroup(Task& task) {
  if (task.state == TaskState::runnable) dequeue(task);
  task.cgroup->tasks.remove(task);
  task.cgroup->zombies.push_back(task);
  task.state = TaskState::zombie;
}

void System::remove(Task& task) {
  Cgroup& cgroup = *task.cgroup;
  (task.state == TaskState::zombie ? cgroup.zombies : cgroup.tasks).remove(task);
  if (cgroup.removed && cgroup.zombies.empty()) forget_removed_cgroups();
  task.process->threads.remove(task);
  tasks_.unlist(task);
  delete &task;  // NOLINT(*-owning-memory)
}

// zap_pid_ns_processes(): everybody in it is killed. Who is orphaned by that becomes a child of the
// first process.
void System::end_namespace(Process& init) {
  while (Process* child = init.children.front()) {
    exit(*child);
    reap(*child);
  }
  tasks_.set_init(*init.leader->pid_namespace, nullptr);
}

void System::exit(Task& task) {
  if (task.state == TaskState::zombie || task.number == 1) return;  // nothing ends pid 1
  Process& process = *task.process;
  wake(task);  // to end: also who is killed finds a CPU for that
  leave_cpu_and_cgroup(task);
  const bool is_leader = process.leader == &task;
  if (!is_leader) remove(task);
  const bool last = process.threads.size() == 1 && process.leader->state == TaskState::zombie;
  if (!last) return;
  process.program.reset();
  if (process.leader->pid_namespace->init == &process) {
    end_namespace(process);
  } else {
    orphan_children(process);
  }
  if (process.parent == init().process) reap(process);
}

// With its last thread the process may be gone.
void System::exit(Process& process) {
  for (Task* task = process.threads.front(); task;) {
    Task* const next = task->in_process.after;
    exit(*task);
    task = next;
  }
}

void System::reap(Process& process) {
  if (process.parent) process.parent->children.remove(process);
  remove(*process.leader);
  delete &process;  // NOLINT(*-owning-memory)
}

void System::exec(Task& task, std::shared_ptr<const Program> program) {
  Process& process = *task.process;
  Task* leader = process.leader;
  if (leader != &task) {  // de_thread(): it takes the leader's number
    tasks_.exchange(task, *leader);
    std::swap(task.start_time, leader->start_time);
    process.leader = &task;
  }
  while (process.threads.size() > 1) {
    Task* other =
        process.threads.front() == &task ? process.threads.back() : process.threads.front();
    if (other->state != TaskState::zombie) leave_cpu_and_cgroup(*other);
    remove(*other);
  }
  const auto slash = program->path.rfind('/');
  task.rename(std::string_view(program->path).substr(slash == std::string::npos ? 0 : slash + 1));
  process.program = std::move(program);
  auto credentials = std::make_shared<Credentials>(*task.credentials);
  change_for_exec(*credentials);
  process.dumpable = credentials->real == credentials->effective;  // begin_new_exec()
  task.credentials = std::move(credentials);
}

void System::be(Task& task, Credentials credentials) {
  if (!credentials.user_namespace) credentials.user_namespace = task.credentials->user_namespace;
  // commit_creds(): who has become another may not be looked at by the user it was.
  const Credentials& before = *task.credentials;
  const bool same_namespace = credentials.user_namespace == before.user_namespace;
  if (credentials.effective != before.effective ||
      (same_namespace && (credentials.permitted & ~before.permitted) != 0)) {
    task.process->dumpable = false;
  }
  task.credentials = std::make_shared<const Credentials>(std::move(credentials));
}

int System::set_uids(Task& task, uid_t real, uid_t effective, uid_t saved) {
  Credentials changed = *task.credentials;
  const int refused = change_uids(changed, real, effective, saved, KeepCapabilities::no);
  if (refused == 0) be(task, std::move(changed));
  return refused;
}

int System::set_capabilities(Task& task, std::uint64_t permitted, std::uint64_t in_force) {
  Credentials changed = *task.credentials;
  const int refused = change_capabilities(changed, permitted, in_force);
  if (refused == 0) be(task, std::move(changed));
  return refused;
}

int System::enter_user_namespace(Task& task) {
  if (!profile().user_namespaces) return -EINVAL;
  Credentials changed = *task.credentials;
  const int refused = enter_new_user_namespace(changed);
  if (refused == 0) be(task, std::move(changed));
  return refused;
}

int System::become_deadline(Task& task) {
  if (!profile().deadline) return -EINVAL;
  const UserNamespace& first = *first_user_namespace_;
  if (!capable(*task.credentials, first, cap_sys_nice)) return -EPERM;
  if (setup_.deadline_admission && !task.allowed->contains(root_domain(CpuId(task.cpu)))) {
    return -EPERM;
  }
  task.deadline = true;
  return 0;
}

}  // namespace pinfold::model

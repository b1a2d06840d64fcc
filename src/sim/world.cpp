#include "sim/world.h"

#include <unistd.h>

#include <string>

namespace pinfold::sim {
namespace {

bool is_thread_of(pid_t process, pid_t tid) {
  const std::string folder = "/proc/" + std::to_string(process) + "/task/" + std::to_string(tid);
  return ::access(folder.c_str(), F_OK) == 0;
}

}  // namespace

World::World(std::unique_ptr<model::System> system, Recording recording)
    : system_(std::move(system)),
      recording_(recording),
      credentials_(system_->init().credentials->user_namespace),
      program_(std::make_shared<const model::Program>()),
      own_space_(in_namespace(::getpid()).space) {}

model::Task* World::make(model::Task& creator, pid_t number, bool thread) {
  model::System::CloneOptions options;
  options.make = thread ? model::System::Make::thread : model::System::Make::process;
  options.number = number;
  // The kernel has refused what it would have refused.
  creator.deadline = false;
  model::Task* made = nullptr;
  if (system_->clone(creator, options, made) != 0) return nullptr;
  return made;
}

void World::begin(pid_t tid, model::Cgroup& cgroup) {
  model::Task* task = make(system_->init(), tid, false);
  task->process->program = program_;
  system_->attach(*task, cgroup);
  refresh_credentials(*task);
  guests_[tid] = {.creator = {}, .began_with = task->allowed};
  alive_ = guests_.size();
  record_.tasks = 1;
}

bool World::knows(pid_t tid) const { return guests_.contains(tid); }

void World::cloned(pid_t creator, pid_t made) {
  model::Task* const parent = find(creator);
  if (!parent) return;
  if (model::Task* const old = system_->tasks().find(made)) forget(*old);
  const bool thread = is_thread_of(parent->process->pid().value(), made);
  model::Task* const task = make(*parent, made, thread);
  if (!task) return;
  Guest guest{.creator = {}, .began_with = task->allowed};
  if (records()) guest.creator = who(*parent);
  guests_[made] = std::move(guest);
  alive_ = guests_.size();
  ++record_.tasks;
}

void World::executed(pid_t tid, pid_t former) {
  model::Task* const task = system_->tasks().find(former == 0 ? tid : former);
  if (!task) return;
  ++programs_;
  for (const model::Task& thread : task->process->threads) {
    if (&thread != task) guests_.erase(thread.number);
  }
  if (auto guest = guests_.extract(former == 0 ? tid : former)) {
    guest.key() = tid;
    guests_.insert(std::move(guest));
  }
  alive_ = guests_.size();
  system_->exec(*task, program_);
  task->rename(name_of(tid));
}

void World::ended(pid_t tid) {
  model::Task* const task = system_->tasks().find(tid);
  const auto guest = guests_.find(tid);
  if (!task || guest == guests_.end()) return;
  if (records() && !guest->second.began_with->contains(*task->allowed)) {
    ++record_.threads_widened;
    if (record_.widened.size() < Record::most) {
      record_.widened.push_back({.thread = who(*task),
                                 .parent = guest->second.creator,
                                 .began_with = *guest->second.began_with,
                                 .ended_with = *task->allowed});
    }
  }
  guests_.erase(guest);
  alive_ = guests_.size();
  system_->exit(*task);
  // Whether a zombie was waited for is not seen.
  constexpr std::size_t often = 1000;
  if (++ended_since_ >= often) forget_ended();
}

// A number that is used anew: the real task that had it is gone.
void World::forget(model::Task& task) {
  const pid_t number = task.number;
  if (number == 1 || number == 2) return;
  model::Process& process = *task.process;
  if (process.leader != &task) {
    guests_.erase(number);
    system_->exit(task);
    return;
  }
  for (const model::Task& thread : process.threads)
    guests_.erase(thread.number);
  system_->exit(process);
  // Whom pid 1 inherits it has waited for already.
  if (system_->tasks().find(number)) system_->reap(process);
}

void World::forget_ended() {
  ended_since_ = 0;
  std::vector<pid_t> gone;
  system_->tasks().for_each([&](const model::Task& task) {
    if (!guests_.contains(task.number) && !exists(task.number)) gone.push_back(task.number);
  });
  for (const pid_t number : gone) {
    // With a process its threads went.
    if (model::Task* const task = system_->tasks().find(number)) forget(*task);
  }
}

model::Task* World::adopt(pid_t tid) {
  const auto real = read_real_task(tid);
  if (!real) return nullptr;
  model::Task* made = nullptr;
  if (real->process == tid) {
    made = make(system_->init(), tid, false);
  } else if (model::Task* const leader = find(real->process)) {
    made = make(*leader, tid, true);
  }
  if (!made) return nullptr;
  made->rename(real->name);
  made->deadline = real->deadline;
  made->process->program = program_;
  if (real->kernel_thread) {
    made->process->program = nullptr;
    made->kernel_thread =
        real->bound_by_kernel ? model::KernelThread::bound : model::KernelThread::unbound;
    const CpuSet own = real->allowed & system_->possible();
    if (real->bound_by_kernel && !own.empty()) {
      made->allowed = system_->masks().get(own);
    }
  }
  refresh_credentials(*made);
  return made;
}

model::Task* World::find(pid_t tid) {
  model::Task* const task = system_->tasks().find(tid);
  if (!task) return adopt(tid);
  if (tid <= 2 || exists(tid)) return task;
  // Its end was not told yet, or it was a zombie that somebody has waited for.
  forget(*task);
  return nullptr;
}

const InNamespace& World::in_namespace_of(const model::Task& task) {
  Guest& guest = guests_[task.number];
  if (guest.in.space == 0) guest.in = in_namespace(task.number);
  return guest.in;
}

pid_t World::real_number(const model::Task& caller, pid_t number) {
  if (number == 0) return caller.number;
  if (number < 0) return 0;
  if (!guests_.contains(caller.number)) return number;
  const std::uint64_t space = in_namespace_of(caller).space;
  if (space == 0 || space == own_space_) return number;
  for (const auto& [tid, guest] : guests_) {
    const model::Task* const task = system_->tasks().find(tid);
    if (!task) continue;
    const InNamespace& in = in_namespace_of(*task);
    if (in.space == space && in.number == number) return tid;
  }
  return 0;
}

model::Task* World::find(const model::Task& caller, pid_t number) {
  const pid_t real = real_number(caller, number);
  model::Task* const task = system_->tasks().find(real);
  if (real == caller.number) return task;
  // Who asks for one of his own process that is gone has been killed, and is told of soon.
  if (task && task->process == caller.process) return exists(real) ? task : nullptr;
  return real == 0 ? nullptr : find(real);
}

void World::refresh_credentials(model::Task& task) {
  if (auto now = credentials_.read(task.number)) task.credentials = std::move(now);
}

void World::scheduler_changed(const model::Task& task) {
  const auto guest = guests_.find(task.number);
  if (guest != guests_.end()) guest->second.scheduler_changed = true;
}

void World::refresh_scheduler(model::Task& task) {
  const auto guest = guests_.find(task.number);
  if (guest == guests_.end() || !guest->second.scheduler_changed) return;
  if (const auto real = read_real_task(task.number)) task.deadline = real->deadline;
  guest->second.scheduler_changed = task.deadline;
}

Who World::who(const model::Task& task) const {
  std::string name = name_of(task.number);
  if (name.empty()) name = task.name();
  return {.pid = task.process->pid().value(), .tid = task.number, .name = std::move(name)};
}

void World::record(SetCall call) {
  ++record_.set_calls;
  if (call.error != 0) ++record_.refused;
  if (record_.sets.size() >= Record::most) return;
  call.when = std::chrono::steady_clock::now() - began_;
  record_.sets.push_back(std::move(call));
}

const Record& World::so_far() {
  record_.still_running = guests_.size();
  return record_;
}

}  // namespace pinfold::sim

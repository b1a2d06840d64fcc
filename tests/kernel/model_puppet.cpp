#include "kernel/model_puppet.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "base/try.h"

namespace pinfold::test {
namespace {

using model::System;

void end_and_reap(System& system, pid_t number) {
  model::Process* process = system.tasks().find(number)->process;
  const bool reaped_by_init = process->parent == system.init().process;
  system.exit(*process);
  if (!reaped_by_init) system.reap(*process);
}

}  // namespace

void Churn::forget(const model::Process& process) {
  std::erase_if(threads_, [&](pid_t number) {
    const model::Task* task = system_.tasks().find(number);
    return !task || task->process == &process;
  });
}

void Churn::go_on() {
  ++turn_;
  for (std::size_t i = turn_ % 3; i < threads_.size(); i += 3) {
    model::Task& ending = *system_.tasks().find(threads_[i]);
    model::Task* successor = nullptr;
    if (system_.clone(ending, {.make = System::Make::thread}, successor) != 0) continue;
    system_.sleep(*successor);
    threads_[i] = successor->number;
    system_.exit(ending);
  }
}

// The steps of the other become(), in linux_identity.cpp.
int become(System& system, model::Task& task, const Identity& identity) {
  if (identity.uids) {
    const auto& [real, effective, saved] = *identity.uids;
    model::Credentials changed = *task.credentials;
    const auto keep =
        identity.permitted ? model::KeepCapabilities::yes : model::KeepCapabilities::no;
    if (const int refused = change_uids(changed, real, effective, saved, keep); refused != 0) {
      return -refused;
    }
    system.be(task, std::move(changed));
  }
  if (identity.permitted) {
    const std::uint64_t permitted = task.credentials->permitted & *identity.permitted;
    if (*identity.permitted >> 63U == 0 && permitted != *identity.permitted) return EPERM;
    const int refused = system.set_capabilities(task, permitted,
                                                permitted & identity.effective.value_or(permitted));
    if (refused != 0) return -refused;
  }
  if (identity.new_user_namespace) system.enter_user_namespace(task);
  return 0;
}

Result<std::unique_ptr<TestProcess>> ModelPuppet::start_as(const model::Session& session,
                                                           Churn& churn, const Identity& identity) {
  const std::scoped_lock lock(session.mutex);
  System& system = session.system;
  model::Task* made = nullptr;
  if (system.clone(*session.caller, {}, made) != 0) throw std::runtime_error("fork");
  const int refused = become(system, *made, identity);
  if (refused != 0) {
    end_and_reap(system, made->number);
    return fail({.kind = ErrorKind::unsupported,
                 .text = "a process of that identity",
                 .reason = "the test may not start one, errno " + std::to_string(refused)});
  }
  system.sleep(*made);
  return std::unique_ptr<TestProcess>(new ModelPuppet(session, churn, made->number));
}

ModelPuppet::~ModelPuppet() {
  die();
  const std::scoped_lock lock(session_.mutex);
  session_.system.reap(process());
}

model::Task& ModelPuppet::task(Tid tid) const {
  model::Task* task = session_.system.tasks().find(tid.value());
  if (!task) throw std::runtime_error("a task of the test has ended");
  return *task;
}

Tid ModelPuppet::start(Work work, Tid creator) {
  const std::scoped_lock lock(session_.mutex);
  System& system = session_.system;
  model::Task* made = nullptr;
  if (system.clone(task(creator), {.make = System::Make::thread}, made) != 0) {
    throw std::runtime_error("clone");
  }
  if (work != Work::compute) system.sleep(*made);
  if (work == Work::churn) churn_.add(*made);
  return made->tid();
}

void ModelPuppet::end(Tid tid) {
  const std::scoped_lock lock(session_.mutex);
  session_.system.exit(task(tid));
}

void ModelPuppet::rename(Tid tid, std::string_view name) {
  const std::scoped_lock lock(session_.mutex);
  task(tid).rename(name);
}

// Who can run does, sooner or later.
bool ModelPuppet::gets_on(Tid tid) {
  const std::scoped_lock lock(session_.mutex);
  return task(tid).state == model::TaskState::runnable;
}

// Sleepers of a model sleep until they are woken; who was woken by mistake computes.
unsigned long ModelPuppet::interruptions(Tid tid) {
  const std::scoped_lock lock(session_.mutex);
  return task(tid).state == model::TaskState::sleeping ? 0 : 1;
}

Result<Pid> ModelPuppet::fork() {
  const std::scoped_lock lock(session_.mutex);
  model::Task* made = nullptr;
  if (const int refused = session_.system.clone(task(Tid(number_)), {}, made); refused != 0) {
    return fail({.kind = ErrorKind::system, .number = -refused, .text = "fork"});
  }
  session_.system.sleep(*made);
  children_.push_back(made->number);
  return Pid(made->number);
}

void ModelPuppet::exec() {
  const std::scoped_lock lock(session_.mutex);
  const model::Program quiet{
      .path = "/test/quiet", .file = {.device = 1, .inode = 3}, .is_32_bit = false};
  session_.system.exec(task(Tid(number_)), std::make_shared<const model::Program>(quiet));
}

long ModelPuppet::become_deadline() {
  const std::scoped_lock lock(session_.mutex);
  return session_.system.become_deadline(task(Tid(number_)));
}

void ModelPuppet::die() {
  const std::scoped_lock lock(session_.mutex);
  churn_.forget(process());
  for (const pid_t child : std::exchange(children_, {}))
    end_and_reap(session_.system, child);
  session_.system.exit(process());
}

}  // namespace pinfold::test

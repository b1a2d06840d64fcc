#include "differential/real_tasks.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "differential/raw_call.h"
#include "differential/task_files.h"

namespace pinfold::test {
namespace {

namespace op = model::operation;
using Verb = op::Life::Verb;

constexpr unsigned patience_ms = 30'000;

int error_of(long result) { return result < 0 ? static_cast<int>(-result) : 0; }

template <class Condition>
void wait_until(Condition condition, const std::string& what) {
  constexpr int at_once = 200;
  constexpr int attempts = 100'000;
  for (int i = 0; i < attempts; ++i) {
    if (condition()) return;
    if (i < at_once) {
      ::sched_yield();
    } else {
      ::usleep(300);
    }
  }
  throw std::runtime_error(what);
}

bool is_gone(pid_t process, pid_t number) {
  return raw_call(SYS_tgkill, process, number, 0) == -ESRCH;
}

void reap(pid_t process) {
  while (::waitpid(process, nullptr, __WALL) < 0 && errno == EINTR) {
  }
}

}  // namespace

RealTasks::RealTasks(const Host& host, Mailbox& mailbox, int program)
    : host_(host), mailbox_(mailbox), program_(program) {}

// Who is not our child becomes it when its parent ends: the driver is a subreaper.
RealTasks::~RealTasks() {
  for (const auto& [name, task] : tasks_)
    ::kill(task.process, SIGKILL);
  while (::waitpid(-1, nullptr, __WALL) > 0 || errno == EINTR) {
  }
}

Slot& RealTasks::tell(const Task& task, const Command& command) {
  Slot& slot = mailbox_[task.slot];
  slot.command = command;
  ++slot.asked;
  if (!slot.spins) wake_all(slot.asked);
  return slot;
}

long RealTasks::ask(const Task& task, const Command& command) {
  Slot& slot = tell(task, command);
  for (unsigned waited = 0; waited < patience_ms / 1000; ++waited) {
    for (;;) {
      const auto answered = slot.answered.load();
      if (answered == slot.asked.load()) return slot.result;
      wait_while(slot.answered, answered, 1000);
      if (slot.answered.load() == answered) break;
    }
  }
  throw std::runtime_error("a task does not answer");
}

int RealTasks::ask(std::string_view name, const Command& command) {
  return error_of(ask(tasks_.find(name)->second, command));
}

int RealTasks::clone(const op::Clone& clone) {
  if (last_slot_ == Mailbox::slots) throw std::runtime_error("too many tasks");
  const unsigned made = last_slot_++;
  Slot& slot = mailbox_[made];
  slot.asked = 0;
  slot.answered = 0;
  slot.spins = false;
  const bool thread = clone.make == model::System::Make::thread;
  long result = 0;
  if (clone.creator == "init") {
    result = fork_actor({.mailbox = &mailbox_, .program = program_, .slot = made});
  } else {
    const auto what = thread ? Command::What::thread : Command::What::fork;
    result = ask(tasks_.find(clone.creator)->second, {.what = what, .made = made});
  }
  if (result < 0) return error_of(result);
  const auto number = static_cast<pid_t>(result);
  const pid_t process = thread ? tasks_.find(clone.creator)->second.process : number;
  tasks_[clone.made] = {.slot = made, .number = number, .process = process};
  return 0;
}

// After the last thread's end: a zombie that its parent will reap, or reaped by us, as its children
// are that have ended.
void RealTasks::wait_for_end_of_process(const std::string& name, const Cast& cast) {
  const unsigned ending = cast.member(name).process;
  const Task leader = tasks_.find(cast.process_of(name).leader)->second;
  if (cast.process_of(name).parent == Cast::init) {
    reap(leader.process);
  } else {
    wait_until([&] { return state_of(leader.number) == 'Z' && is_alone(leader.number); },
               "a process does not end");
  }
  for (const auto& [child, member] : cast.members()) {
    const auto& process = cast.process_of(child);
    if (process.parent == ending && process.leader == child && process.alive.empty()) {
      reap(tasks_.find(child)->second.process);
    }
  }
}

int RealTasks::exit(const std::string& name, const Cast& cast) {
  const Task task = tasks_.find(name)->second;
  const auto& process = cast.process_of(name);
  tell(task, {.what = Command::What::exit});
  if (process.alive.size() == 1) {
    wait_for_end_of_process(name, cast);
  } else if (process.leader == name) {
    wait_until([&] { return state_of(task.number) == 'Z'; }, "a leader does not end");
  } else {
    wait_until([&] { return is_gone(task.process, task.number); }, "a thread does not end");
  }
  return 0;
}

int RealTasks::kill(const std::string& name, const Cast& cast) {
  ::kill(tasks_.find(name)->second.process, SIGKILL);
  wait_for_end_of_process(name, cast);
  return 0;
}

int RealTasks::exec(std::string_view name) {
  const int failed = ask(name, {.what = Command::What::exec});
  Task& task = tasks_.find(name)->second;
  if (failed == 0) task.number = task.process;
  return failed;
}

int RealTasks::live(const op::Life& life, const Cast& cast) {
  switch (life.verb) {
    case Verb::finish:
      return EINVAL;
    case Verb::exit:
      return exit(life.task, cast);
    case Verb::kill:
      return kill(life.task, cast);
    case Verb::reap:
      return ask(cast.reaper_of(life.task),
                 {.what = Command::What::reap, .number = number(life.task)});
    case Verb::spin:
      return ask(life.task, {.what = Command::What::spin});
    case Verb::sleep:
      return ask(life.task, {.what = Command::What::sleep});
    case Verb::exec:
      return exec(life.task);
    case Verb::userns:
      return ask(life.task, {.what = Command::What::userns});
    case Verb::deadline:
      return ask(life.task, {.what = Command::What::deadline});
  }
  return EINVAL;
}

int RealTasks::set_uids(const op::Uids& uids) {
  return ask(uids.task,
             {.what = Command::What::uids, .uids = {uids.real, uids.effective, uids.saved}});
}

int RealTasks::set_capabilities(const op::Capabilities& capabilities) {
  return ask(capabilities.task, {.what = Command::What::capabilities,
                                 .permitted = capabilities.permitted,
                                 .effective = capabilities.effective});
}

// With CPUs beyond the kernel's mask the buffer is longer than that; else it is as long, or as long
// as it must be.
int RealTasks::set(const op::Set& set) {
  Command command{.what = Command::What::set, .number = number(set.task)};
  const auto words = set.cpus.words();
  const std::size_t count = std::min(words.size(), command.mask.size());
  std::ranges::copy(words.first(count), command.mask.begin());
  command.length = std::max(count * sizeof(CpuSet::Word), sizeof(CpuSet::Word));
  if (set.by != "init") return ask(set.by, command);
  return error_of(
      raw_call(SYS_sched_setaffinity, command.number, command.length, command.mask.data()));
}

pid_t RealTasks::number(std::string_view name) const {
  return name == "init" ? ::getpid() : tasks_.find(name)->second.number;
}

std::optional<CpuSet> RealTasks::effective(std::string_view name) const {
  return effective_mask(number(name), host_.mask_bytes);
}

std::optional<CpuSet> RealTasks::allowed(std::string_view name) const {
  return allowed_mask(number(name));
}

std::optional<unsigned> RealTasks::cpu(std::string_view name) const { return cpu_of(number(name)); }

void RealTasks::settle(const Cast& cast) const {
  for (const auto& [name, member] : cast.members()) {
    if (member.zombie || member.spins) continue;
    const pid_t tid = number(name);
    wait_until([&] { return state_of(tid) == 'S' && is_off_its_cpu(tid); },
               "a task does not sleep");
  }
}

}  // namespace pinfold::test

// Plays scenarios: each operation.
#include <algorithm>
#include <cerrno>

#include <pinfold/cpu_list.h>

#include "base/closest.h"
#include "base/try.h"
#include "model/awake.h"
#include "model/scenario/names.h"
#include "model/scenario/scenario.h"

namespace pinfold::model {
namespace {

Outcome answer(std::string text) { return {.text = std::move(text), .answers = true}; }

Outcome outcome_of(int result) { return {.error = -result}; }

std::unexpected<Error> cannot(const std::string& at_fault, std::string reason) {
  return fail({.kind = ErrorKind::syntax, .text = at_fault, .reason = std::move(reason)});
}

}  // namespace

class Player::Act {
 public:
  explicit Act(Player& player) : player_(player), system_(*player.system_) {}

  Result<Outcome> operator()(const operation::Setting& setting) const {
    return cannot(setting.name, "too late: it stands before everything else");
  }

  Result<Outcome> operator()(const operation::Clone& clone) {
    TRY(Task* const creator, caller(clone.creator));
    if (player_.tasks_.contains(clone.made) || player_.task(clone.made)) {
      return cannot(clone.made, "there is a task of that name already");
    }
    const bool woke = creator->state == TaskState::sleeping;
    if (woke) system_.wake(*creator);
    player_.in_calls_.push_back(creator);
    player_.making_ = clone.made;
    Task* made = nullptr;
    const int result = system_.begin_clone(*creator, {.make = clone.make}, made);
    player_.in_calls_.pop_back();
    if (result != 0) {
      if (woke) system_.sleep(*creator);
      return outcome_of(result);
    }
    player_.unborn_.push_back({.task = made, .woke_creator = woke});
    // A clone of the same creator may have ended in the midst of this one.
    (clone.make == System::Make::thread ? creator->cloning : creator->forking) = true;
    if (!clone.begin_only) finish(*made);
    return Outcome();
  }

  Result<Outcome> operator()(const operation::Life& life) {
    using Verb = operation::Life::Verb;
    switch (life.verb) {
      case Verb::finish:
        return finish(life.task);
      case Verb::exit:
        return exit(life.task);
      case Verb::kill:
        return kill(life.task);
      case Verb::reap:
        return reap(life.task);
      case Verb::exec:
        return exec(life.task);
      case Verb::spin:
      case Verb::sleep:
      case Verb::userns:
      case Verb::deadline:
        break;
    }
    TRY(Task* const task, caller(life.task));
    if (life.verb == Verb::spin) {
      system_.wake(*task);
    } else if (life.verb == Verb::sleep) {
      system_.sleep(*task);
    } else {
      const Awake awake(system_, *task);
      if (life.verb == Verb::deadline) return outcome_of(system_.become_deadline(*task));
      return outcome_of(system_.enter_user_namespace(*task));
    }
    return Outcome();
  }

  Result<Outcome> operator()(const operation::Uids& uids) {
    TRY(Task* const task, caller(uids.task));
    const Awake awake(system_, *task);
    return outcome_of(system_.set_uids(*task, uids.real, uids.effective, uids.saved));
  }

  Result<Outcome> operator()(const operation::Capabilities& capabilities) {
    TRY(Task* const task, caller(capabilities.task));
    const Awake awake(system_, *task);
    return outcome_of(
        system_.set_capabilities(*task, capabilities.permitted, capabilities.effective));
  }

  Result<Outcome> operator()(const operation::Set& set) {
    TRY(const pid_t number, number_of(set.task));
    TRY(Task* const by, caller(set.by));
    const auto bits = static_cast<unsigned>(system_.mask_bytes() * 8);
    const CpuSet cpus = set.cpus & CpuSet::range(CpuId(0), CpuId(bits - 1));
    const Awake awake(system_, *by);
    player_.in_calls_.push_back(by);
    const int result = system_.set_affinity(*by, number, cpus);
    player_.in_calls_.pop_back();
    return outcome_of(result);
  }

  Result<Outcome> operator()(const operation::Get& get) {
    TRY(const pid_t number, number_of(get.task));
    const Task* task = system_.find(system_.init(), number);
    if (!task) return outcome_of(-ESRCH);
    const CpuSet effective = system_.effective(*task);
    if (effective == *task->allowed) return answer(to_cpu_list(effective));
    return answer(list_or_none(effective) + " of " + list_or_none(*task->allowed));
  }

  Result<Outcome> operator()(const operation::Make& make) {
    const Awake awake(system_, system_.init());
    return outcome_of(system_.make_cgroup(make.cgroup));
  }

  Result<Outcome> operator()(const operation::Remove& remove) {
    const Awake awake(system_, system_.init());
    return outcome_of(system_.remove_cgroup(remove.cgroup));
  }

  Result<Outcome> operator()(const operation::Write& write) {
    return this->write(write.cgroup, write.file, write.text);
  }

  Result<Outcome> operator()(const operation::Read& read) {
    const Cgroup* cgroup = system_.find_cgroup(read.cgroup);
    if (!cgroup) return outcome_of(-ENOENT);
    auto text = system_.read_cgroup(system_.init(), *cgroup, read.file);
    return text ? answer(std::move(*text)) : outcome_of(-ENOENT);
  }

  Result<Outcome> operator()(const operation::Move& move) {
    TRY(const pid_t number, number_of(move.task));
    return write(move.cgroup, move.thread_only ? "tasks" : "cgroup.procs", std::to_string(number));
  }

  Result<Outcome> operator()(const operation::Hotplug& hotplug) {
    return outcome_of(hotplug.online ? system_.bring_online(hotplug.cpu)
                                     : system_.take_offline(hotplug.cpu));
  }

  Result<Outcome> operator()(const operation::Show& show) {
    TRY(const auto views, player_.look_at(show.tasks));
    return answer(to_table(views));
  }

 private:
  // Who is there, zombies and those that are not born yet among them.
  Result<Task*> existing(const std::string& name) const {
    if (Task* task = player_.task(name)) return task;
    if (player_.tasks_.contains(name)) return cannot(name, name + " has ended");
    std::vector<std::string_view> names = {"init", "kthreadd"};
    for (const auto& [known, named] : player_.tasks_)
      names.push_back(known);
    return cannot(name, "unknown task \"" + name + '"' + did_you_mean(name, names));
  }

  // Numbers outlive the tasks.
  Result<pid_t> number_of(const std::string& name) const {
    if (const auto found = player_.tasks_.find(name); found != player_.tasks_.end()) {
      return found->second.number;
    }
    TRY(Task* const task, existing(name));
    return task->number;
  }

  // Who can do something by itself now.
  Result<Task*> living(const std::string& name) const {
    TRY(Task* const task, existing(name));
    if (task->is_kernel_thread()) {
      return cannot(name, name + " is a kernel thread: it can be set, moved and looked at only");
    }
    if (task->state == TaskState::unborn) return cannot(name, name + " is not born yet");
    if (task->state == TaskState::zombie) return cannot(name, name + " has ended");
    return task;
  }

  // The init of a scenario stands for everybody that it does not name: it is in several calls at
  // once.
  Result<Task*> caller(const std::string& name) const {
    TRY(Task* const task, living(name));
    if (task != &system_.init() && is_in_call(*task)) return in_call(name);
    return task;
  }

  [[nodiscard]] bool is_in_call(const Task& task) const {
    return task.cloning || task.forking ||
           std::ranges::find(player_.in_calls_, &task) != player_.in_calls_.end();
  }

  static std::unexpected<Error> in_call(const std::string& name) {
    return cannot(name, name + " is inside a call until that ends");
  }

  // Nobody whom a call is about ends before the call does.
  Result<void> may_end(const std::string& name, const Process& process) const {
    const auto concerns = [&](const Task* task) {
      return task->process == &process || task->process->parent == &process;
    };
    if (std::ranges::any_of(process.threads, [&](const Task& task) { return is_in_call(task); }) ||
        std::ranges::any_of(player_.in_calls_, concerns)) {
      return in_call(name);
    }
    return {};
  }

  // Who may end with the process, and under which number.
  using Candidates = std::vector<std::pair<const Task*, pid_t>>;
  static Candidates candidates(const Process& process) {
    Candidates tasks;
    for (const Task& thread : process.threads)
      tasks.emplace_back(&thread, thread.number);
    for (const Process& child : process.children)
      tasks.emplace_back(child.leader, child.leader->number);
    return tasks;
  }

  void forget_who_ended(const Candidates& tasks) {
    for (const auto& [task, number] : tasks) {
      if (system_.tasks().find(number) == task) continue;
      const auto found = player_.names_.find(task);
      if (found == player_.names_.end()) continue;
      player_.tasks_.find(found->second)->second.task = nullptr;
      player_.names_.erase(found);
    }
  }

  void finish(Task& made) {
    Task& creator = *made.creator;
    const auto found = std::ranges::find(player_.unborn_, &made, &Unborn::task);
    const bool woke_creator = found->woke_creator;
    player_.unborn_.erase(found);
    system_.finish_clone(made);
    for (const Unborn& other : player_.unborn_) {
      if (other.task->creator != &creator) continue;
      (other.task->process == creator.process ? creator.cloning : creator.forking) = true;
    }
    system_.sleep(made);
    if (woke_creator) system_.sleep(creator);
  }

  Result<Outcome> finish(const std::string& name) {
    TRY(Task* const task, existing(name));
    if (task->state != TaskState::unborn) return cannot(name, name + " is born already");
    if (std::ranges::find(player_.in_calls_, task) != player_.in_calls_.end()) return in_call(name);
    finish(*task);
    return Outcome();
  }

  Result<Outcome> exit(const std::string& name) {
    TRY(Task* const task, living(name));
    const Process& process = *task->process;
    if (task == &system_.init()) return cannot(name, "init does not end");
    CHECK_OK(may_end(name, process));
    const Candidates before = candidates(process);
    system_.exit(*task);
    forget_who_ended(before);
    return Outcome();
  }

  Result<Outcome> kill(const std::string& name) {
    TRY(Task* const task, existing(name));
    Process& process = *task->process;
    // Of a process whose first thread has ended others may live.
    const bool others_live = task->state == TaskState::zombie && process.threads.size() > 1;
    if (!others_live) CHECK_OK(living(name));
    if (&process == system_.init().process) return cannot(name, "init does not end");
    CHECK_OK(may_end(name, process));
    const Candidates before = candidates(process);
    system_.exit(process);
    forget_who_ended(before);
    return Outcome();
  }

  Result<Outcome> reap(const std::string& name) {
    TRY(Task* const task, existing(name));
    Process& process = *task->process;
    if (task->state != TaskState::zombie || process.threads.size() != 1) {
      return cannot(name, name + " is no process that has ended");
    }
    CHECK_OK(may_end(name, process));
    const Candidates before = candidates(process);
    system_.reap(process);
    forget_who_ended(before);
    return Outcome();
  }

  Result<Outcome> exec(const std::string& name) {
    TRY(Task* const task, living(name));
    const Process& process = *task->process;
    CHECK_OK(may_end(name, process));
    const Candidates before = candidates(process);
    {
      const Awake awake(system_, *task);
      system_.exec(*task, std::make_shared<const Program>(
                              Program{.path = "/bin/" + name, .file = {.device = 1, .inode = 2}}));
    }
    // It has the number of the process now.
    if (const auto found = player_.names_.find(task); found != player_.names_.end()) {
      player_.tasks_.find(found->second)->second.number = task->number;
    }
    for (const auto& [other, number] : before) {
      if (other != task) forget_who_ended({{other, number}});
    }
    return Outcome();
  }

  Result<Outcome> write(const std::string& path, std::string_view file, std::string_view text) {
    Cgroup* cgroup = system_.find_cgroup(path);
    if (!cgroup) return outcome_of(-ENOENT);
    const Awake awake(system_, system_.init());
    return outcome_of(system_.write_cgroup(system_.init(), *cgroup, file, text));
  }

  Player& player_;
  System& system_;
};

Result<Outcome> Player::act(const Action& action) { return std::visit(Act(*this), action); }

}  // namespace pinfold::model

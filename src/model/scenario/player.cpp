// Plays scenarios: how the system is made, what waits, and who is there.
#include <algorithm>
#include <utility>

#include "base/number.h"
#include "base/try.h"
#include "model/scenario/names.h"
#include "model/scenario/scenario.h"

namespace pinfold::model {
namespace {

std::unexpected<Error> cannot(std::string at_fault, std::string reason) {
  return fail(
      {.kind = ErrorKind::syntax, .text = std::move(at_fault), .reason = std::move(reason)});
}

}  // namespace

Result<void> Player::decide(const operation::Setting& setting) {
  if (setting.name == "machine") {
    TRY(machine_, Machine::open(setting.value));
  } else if (setting.name == "kernel") {
    const Profile* profile = find_profile(setting.value);
    if (!profile) return cannot(setting.value, "unknown kernel");
    profile_ = profile;
  } else if (setting.name == "cpusets") {
    const auto* const found = std::ranges::find(hierarchy_names, setting.value);
    if (found == hierarchy_names.end()) return cannot(setting.value, "unknown kind of cpusets");
    hierarchy_ = static_cast<Hierarchy>(found - hierarchy_names.begin());
  } else if (setting.name == "nr_cpus") {
    const auto number = parse_number<unsigned>(setting.value);
    if (!number) return cannot(setting.value, number.error().reason);
    nr_cpus_ = *number;
  } else {
    return cannot(setting.name, "unknown setting");
  }
  return {};
}

Result<void> Player::set_default(const operation::Setting& setting) { return decide(setting); }

Result<void> Player::open_system() {
  if (!machine_) {
    return fail({.kind = ErrorKind::syntax,
                 .reason = "no machine was said",
                 .advice = "machine pack:1 core:4 pu:2 says one, before everything else"});
  }
  Setup setup{.machine = *machine_};
  if (profile_) setup.profile = profile_;
  const Hierarchy newest = setup.profile->cpusets_v2   ? Hierarchy::v2
                           : setup.profile->cpusets_v1 ? Hierarchy::v1
                                                       : Hierarchy::none;
  setup.hierarchy = hierarchy_.value_or(newest);
  setup.configured_cpus = nr_cpus_;
  TRY(system_, System::open(std::move(setup)));
  system_->on_step = [this](Step step, Task& task) { meet(step, task); };
  system_->on_log = [this](std::string_view line) { log_.emplace_back(line); };
  return {};
}

Result<Outcome> Player::play(const Operation& operation) {
  if (const auto* setting = std::get_if<operation::Setting>(&operation.action)) {
    if (system_) return cannot(setting->name, "too late: it stands before everything else");
    if (std::ranges::find(said_, setting->name) != said_.end()) {
      return cannot(setting->name, "it was said before");
    }
    CHECK_OK(decide(*setting));
    said_.push_back(setting->name);
    return Outcome();
  }
  if (!system_) CHECK_OK(open_system());
  if (operation.at) {
    waiting_.push_back(operation);
    return Outcome{.waits = true};
  }
  return act(operation.action);
}

// Called by the system inside of a call, which goes on when this returns.
void Player::meet(Step step, Task& task) {
  if (step == Step::mask_copied) {
    const std::string name = std::exchange(making_, {});
    task.rename(name);
    tasks_[name] = {.task = &task, .number = task.number};
    names_[&task] = name;
  }
  std::vector<Operation> now;
  std::erase_if(waiting_, [&](Operation& waiting) {
    if (waiting.at != step) return false;
    now.push_back(std::move(waiting));
    return true;
  });
  in_calls_.push_back(&task);
  for (Operation& operation : now) {
    Result<Outcome> outcome = act(operation.action);
    happened_.push_back({.operation = std::move(operation), .outcome = std::move(outcome)});
  }
  in_calls_.pop_back();
}

Task* Player::task(std::string_view name) const {
  if (!system_) return nullptr;
  if (const auto found = tasks_.find(name); found != tasks_.end()) return found->second.task;
  if (name == "init") return &system_->init();
  // Names that a scenario gives have no slash, those of all kernel threads but one do.
  const bool may_be = name == "kthreadd" || name.contains('/');
  return may_be ? system_->kernel_thread(name) : nullptr;
}

std::vector<std::string> Player::take_log() { return std::exchange(log_, {}); }

std::vector<Happened> Player::take_happened() { return std::exchange(happened_, {}); }

Result<std::vector<TaskView>> Player::look_at(const std::vector<std::string>& names) const {
  std::vector<TaskView> views;
  const auto look = [&](const std::string& name, const Task& task) {
    views.push_back({.name = name,
                     .number = task.number,
                     .state = task.state,
                     .is_running = system_->is_running(task),
                     .cpu = task.cpu,
                     .allowed = *task.allowed,
                     .request = task.request ? std::optional(*task.request) : std::nullopt,
                     .effective = system_->effective(task),
                     .cgroup = task.cgroup->path()});
  };
  for (const std::string& name : names) {
    const Task* task = this->task(name);
    if (!task) return cannot(name, tasks_.contains(name) ? name + " has ended" : "unknown task");
    look(name, *task);
  }
  if (!names.empty()) return views;
  for (const auto& [name, named] : tasks_) {
    if (named.task) look(name, *named.task);
  }
  std::ranges::sort(views, {}, &TaskView::number);
  return views;
}

}  // namespace pinfold::model

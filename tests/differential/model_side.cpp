#include <cerrno>
#include <stdexcept>

#include "differential/sides.h"

namespace pinfold::test {

namespace op = model::operation;

namespace {

[[noreturn]] void fail_to(const char* what, const Error& error) {
  throw std::runtime_error(std::string("the model cannot ") + what + ": " + message(error));
}

}  // namespace

// Its init is who drives the other side.
ModelSide::ModelSide(const Host& host) {
  for (const model::Operation& setting : host.settings()) {
    if (auto done = player_.play(setting); !done) fail_to("be set up", done.error());
  }
  if (auto done = player_.play({.action = op::Get{.task = "init"}}); !done) {
    fail_to("begin", done.error());
  }
  model::System& system = *player_.system();
  model::Credentials driver = *system.init().credentials;
  driver.permitted = driver.in_force = host.permitted;
  driver.bounding = host.bounding;
  system.be(system.init(), std::move(driver));
  system.admit_deadlines(host.deadline_admission);
}

// Who does something is awake for it, and may have to find another CPU.
Reply ModelSide::play(const model::Operation& operation, const Cast& cast) {
  const std::string name = cast.actor_of(operation);
  model::System& system = *player_.system();
  model::Task* actor = name.empty() ? nullptr : find(name);
  const bool slept = actor && actor->state == model::TaskState::sleeping;
  if (slept) system.wake(*actor);
  auto done = player_.play(operation);
  if (!done) fail_to("play that", done.error());
  const auto* const life = std::get_if<op::Life>(&operation.action);
  if (slept && !(life && life->verb == op::Life::Verb::spin)) {
    actor = find(name);
    if (actor && actor->state == model::TaskState::runnable) system.sleep(*actor);
  }
  if (done->error != 0) return {done->error};
  if (const auto* const get = std::get_if<op::Get>(&operation.action)) {
    return {0, to_cpu_list(*effective(get->task))};
  }
  if (const auto* const file = std::get_if<op::Read>(&operation.action)) {
    auto text = read(file->cgroup, file->file);
    return text ? Reply{0, *std::move(text)} : Reply{ENOENT};
  }
  return {};
}

model::Task* ModelSide::find(std::string_view task) const {
  return task == "init" ? &player_.system()->init() : player_.task(task);
}

std::optional<CpuSet> ModelSide::effective(std::string_view task) const {
  const model::Task* found = find(task);
  if (!found) return std::nullopt;
  return player_.system()->effective(*found);
}

std::optional<CpuSet> ModelSide::allowed(std::string_view task) const {
  const model::Task* found = find(task);
  if (!found) return std::nullopt;
  return *found->allowed;
}

std::optional<std::string> ModelSide::read(std::string_view cgroup, std::string_view file) const {
  model::System& system = *player_.system();
  const model::Cgroup* found = system.find_cgroup(cgroup);
  if (!found) return std::nullopt;
  return system.read_cgroup(system.init(), *found, file);
}

}  // namespace pinfold::test

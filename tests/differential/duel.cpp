#include "differential/duel.h"

#include <unistd.h>

#include <cstring>

#include <pinfold/cpu_list.h>

#include "differential/overloaded.h"

namespace pinfold::test {
namespace {

namespace op = model::operation;

std::string name_of(const std::optional<CpuSet>& mask) {
  if (!mask) return "no such task";
  return mask->empty() ? "none" : to_cpu_list(*mask);
}

std::string name_of(const Reply& reply) {
  if (reply.error != 0) return ::strerrorname_np(reply.error);
  return reply.text.empty() ? "done" : reply.text;
}

// What can change the files of cpusets, and not only tasks.
bool concerns_cpusets(const model::Operation& operation) {
  return std::visit(Overloaded{
                        [](const op::Make&) { return true; },
                        [](const op::Remove&) { return true; },
                        [](const op::Write&) { return true; },
                        [](const op::Hotplug&) { return true; },
                        [](const auto&) { return false; },
                    },
                    operation.action);
}

bool ends_cpusets(const model::Operation& operation) {
  if (std::holds_alternative<op::Remove>(operation.action)) return true;
  const auto* const write = std::get_if<op::Write>(&operation.action);
  return write && write->file == "cgroup.subtree_control";
}

}  // namespace

Duel::Duel(const Arena& arena)
    : arena_(arena), model_(arena.host), real_(arena.host, arena.mailbox, arena.program) {}

// Elsewhere than in an emulator there are others, whom none of this may touch.
bool Duel::permits(const model::Operation& operation) const {
  const bool cpusets = arena_.host.hierarchy != model::Hierarchy::none;
  return std::visit(Overloaded{
                        [&](const op::Hotplug&) { return arena_.hotplug && arena_.host.emulator; },
                        [&](const op::Write& write) {
                          if (!cpusets || arena_.host.emulator) return cpusets;
                          // Right below the root an exclusive cpuset would be in others' way.
                          const bool top = write.cgroup.rfind('/') == 0;
                          return write.cgroup != "/" &&
                                 !(top && write.file == "cpuset.cpu_exclusive");
                        },
                        [&](const op::Make&) { return cpusets; },
                        [&](const op::Remove&) { return cpusets; },
                        [&](const op::Read&) { return cpusets; },
                        [&](const op::Move&) { return cpusets; },
                        [](const auto&) { return true; },
                    },
                    operation.action);
}

bool Duel::play(const model::Operation& operation) {
  if (!permits(operation) || !cast_.allows(operation)) return false;
  const Reply real = real_.play(operation, cast_);
  const Reply model = model_.play(operation, cast_);
  played_.push_back(operation);
  compare("the answer", name_of(real), name_of(model));
  if (difference_) return true;
  if (real.error == 0) cast_.follow(operation);
  // The mask of a task as /proc has it takes a hundred times as long to read. Where all CPUs are
  // active it is what sched_getaffinity(2) says.
  constexpr std::size_t now_and_then = 32;
  const bool all_active = model_.active() == arena_.host.possible;
  compare_tasks(!all_active || played_.size() % now_and_then == 0);
  if (!difference_ && concerns_cpusets(operation)) compare_cgroups();
  if (difference_ && ends_cpusets(operation)) wait_for_agreement();
  return true;
}

// What follows from the end of a cpuset follows a moment later (css_offline()).
void Duel::wait_for_agreement() {
  constexpr int attempts = 200;
  for (int i = 0; i < attempts && difference_; ++i) {
    ::usleep(5000);
    difference_.reset();
    compare_tasks(true);
    compare_cgroups();
  }
}

void Duel::finish() {
  if (difference_ || played_.empty()) return;
  compare_tasks(true);
  compare_cgroups();
}

void Duel::clean_up() {
  const auto go = [&](model::Action action) {
    return difference_ || !play({.action = std::move(action)}) || difference_;
  };
  while (!cast_.members().empty()) {
    const auto& [name, member] = *cast_.members().begin();
    const bool dead = cast_.process_of(name).alive.empty();
    const auto verb = dead ? op::Life::Verb::reap : op::Life::Verb::kill;
    // Who has ended and cannot be reaped goes with its parent.
    if (dead && cast_.reaper_of(name).empty()) break;
    if (go(op::Life{.verb = verb, .task = name})) return;
  }
  if (arena_.hotplug) {
    for (const CpuId cpu : arena_.host.online - model_.active()) {
      if (go(op::Hotplug{.cpu = cpu, .online = true})) return;
    }
  }
  // The deepest first: "/a/b" stands behind "/a".
  while (!cast_.cgroups().empty()) {
    if (go(op::Remove{*cast_.cgroups().rbegin()})) return;
  }
}

void Duel::compare(const std::string& what, const std::string& real, const std::string& model) {
  if (difference_ || real == model) return;
  difference_ = {.at = played_.size() - 1, .what = what, .real = real, .model = model};
}

void Duel::compare_task(const std::string& name, bool thoroughly) {
  const auto real = real_.effective(name);
  const auto model = model_.effective(name);
  if (real != model) compare(name + " effective", name_of(real), name_of(model));
  if (!thoroughly) return;
  const auto real_allowed = real_.allowed(name);
  const auto model_allowed = model_.allowed(name);
  if (real_allowed != model_allowed) {
    compare(name + " allowed", name_of(real_allowed), name_of(model_allowed));
  }
}

void Duel::compare_tasks(bool thoroughly) {
  compare_task("init", thoroughly);
  for (const auto& [name, member] : cast_.members()) {
    compare_task(name, thoroughly);
    if (!member.spins || difference_) continue;
    // Where exactly is the scheduler's business; that it is inside its mask is not.
    const auto cpu = real_.cpu(name);
    const auto mask = real_.effective(name);
    if (cpu && mask && !mask->contains(CpuId(*cpu))) {
      compare(name + " runs on", std::to_string(*cpu), "one of " + name_of(mask));
    }
  }
}

void Duel::compare_cgroups() {
  if (arena_.host.hierarchy == model::Hierarchy::none) return;
  static constexpr const char* v1[] = {"cpuset.cpus", "cpuset.effective_cpus", "cpuset.mems",
                                       "cpuset.cpu_exclusive"};
  static constexpr const char* v2[] = {
      "cpuset.cpus",           "cpuset.cpus.effective",           "cpuset.cpus.partition",
      "cpuset.cpus.exclusive", "cpuset.cpus.exclusive.effective", "cpuset.mems.effective"};
  const auto look = [&](const std::string& cgroup, std::string file) {
    const auto real = real_.read(cgroup, file);
    const auto model = model_.read(cgroup, file);
    if (real == model) return;
    compare(cgroup + ' ' + file, real.value_or("no such file"), model.value_or("no such file"));
  };
  if (arena_.host.hierarchy == model::Hierarchy::v1) {
    for (const std::string& cgroup : cast_.cgroups()) {
      for (const char* file : v1)
        look(cgroup, file);
    }
    return;
  }
  look("/", "cpuset.cpus.effective");
  for (const std::string& cgroup : cast_.cgroups()) {
    for (const char* file : v2)
      look(cgroup, file);
  }
}

}  // namespace pinfold::test

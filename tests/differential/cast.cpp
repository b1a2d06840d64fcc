#include "differential/cast.h"

#include <algorithm>

#include "differential/overloaded.h"

namespace pinfold::test {

namespace op = model::operation;
using Verb = op::Life::Verb;

Cast::Cast() { processes_[init] = {.parent = init, .leader = "init", .alive = {"init"}}; }

bool Cast::is_alive(std::string_view name) const {
  if (name == "init") return true;
  const auto found = members_.find(name);
  return found != members_.end() && !found->second.zombie;
}

std::string Cast::reaper_of(std::string_view zombie) const {
  const auto found = members_.find(zombie);
  if (found == members_.end()) return {};
  const Process& process = processes_.at(found->second.process);
  if (!process.alive.empty() || process.parent == init) return {};
  const auto& parents = processes_.at(process.parent).alive;
  return parents.empty() ? std::string() : parents.front();
}

bool Cast::allows(const model::Operation& operation) const {
  if (operation.at) return false;
  return std::visit(
      Overloaded{
          [&](const op::Setting&) { return false; },
          [&](const op::Clone& clone) {
            return is_alive(clone.creator) && !names_.contains(clone.made) && !clone.begin_only &&
                   (clone.make == model::System::Make::process || clone.creator != "init");
          },
          [&](const op::Life& life) {
            switch (life.verb) {
              case Verb::finish:
                return false;
              case Verb::reap:
                return !reaper_of(life.task).empty();
              case Verb::kill:
                return life.task != "init" && is_there(life.task) &&
                       !process_of(life.task).alive.empty();
              case Verb::userns:
                return life.task != "init" && is_alive(life.task) &&
                       process_of(life.task).leader == life.task &&
                       process_of(life.task).alive.size() == 1;
              case Verb::exit:
              case Verb::spin:
              case Verb::sleep:
              case Verb::exec:
              case Verb::deadline:
                return life.task != "init" && is_alive(life.task);
            }
            return false;
          },
          [&](const op::Uids& uids) { return uids.task != "init" && is_alive(uids.task); },
          [&](const op::Capabilities& caps) { return caps.task != "init" && is_alive(caps.task); },
          [&](const op::Set& set) {
            return (set.task == "init" || is_there(set.task)) && is_alive(set.by);
          },
          [&](const op::Get& get) { return get.task == "init" || is_there(get.task); },
          // A folder of somebody else's is not ours.
          [&](const op::Make& make) { return make.cgroup.starts_with('/'); },
          [&](const op::Remove& remove) { return cgroups_.contains(remove.cgroup); },
          [&](const op::Write& write) { return has_cgroup(write.cgroup); },
          [&](const op::Read& read) { return has_cgroup(read.cgroup); },
          [&](const op::Move& move) { return is_there(move.task) && has_cgroup(move.cgroup); },
          [&](const op::Hotplug&) { return true; },
          [&](const op::Show&) { return false; },
      },
      operation.action);
}

std::string Cast::actor_of(const model::Operation& operation) const {
  return std::visit(Overloaded{
                        [&](const op::Clone& clone) { return clone.creator; },
                        [&](const op::Life& life) {
                          if (life.verb == Verb::kill) return std::string();
                          return life.verb == Verb::reap ? reaper_of(life.task) : life.task;
                        },
                        [&](const op::Uids& uids) { return uids.task; },
                        [&](const op::Capabilities& caps) { return caps.task; },
                        [&](const op::Set& set) { return set.by; },
                        [&](const auto&) { return std::string("init"); },
                    },
                    operation.action);
}

// Its children are init's from now on, who reaps those that have ended.
void Cast::end_process(unsigned number) {
  for (auto at = processes_.begin(); at != processes_.end();) {
    auto& [child, process] = *at;
    if (child == init || process.parent != number) {
      ++at;
      continue;
    }
    process.parent = init;
    if (!process.alive.empty()) {
      ++at;
      continue;
    }
    members_.erase(process.leader);
    at = processes_.erase(at);
  }
  const auto found = processes_.find(number);
  if (found->second.parent != init) return;
  members_.erase(found->second.leader);
  processes_.erase(found);
}

void Cast::end(const std::string& name) {
  Member& member = members_.find(name)->second;
  const unsigned number = member.process;
  Process& process = processes_.at(number);
  std::erase(process.alive, name);
  member.zombie = true;
  member.spins = false;
  member.deadline = false;
  if (process.leader != name) members_.erase(name);
  if (process.alive.empty()) end_process(number);
}

void Cast::follow(const model::Operation& operation) {
  std::visit(Overloaded{
                 [&](const op::Clone& clone) {
                   names_.insert(clone.made);
                   const unsigned creator =
                       clone.creator == "init" ? init : member(clone.creator).process;
                   unsigned process = creator;
                   if (clone.make == model::System::Make::process) {
                     process = ++last_process_;
                     processes_[process] = {.parent = creator, .leader = clone.made, .alive = {}};
                   }
                   processes_.at(process).alive.push_back(clone.made);
                   members_[clone.made] = {.process = process};
                 },
                 [&](const op::Life& life) {
                   const auto found = members_.find(life.task);
                   Member& task = found->second;
                   switch (life.verb) {
                     case Verb::exit:
                       end(life.task);
                       break;
                     case Verb::kill: {
                       const auto alive = processes_.at(task.process).alive;
                       for (auto name = alive.rbegin(); name != alive.rend(); ++name)
                         end(*name);
                       break;
                     }
                     case Verb::reap:
                       processes_.erase(task.process);
                       members_.erase(found);
                       break;
                     case Verb::spin:
                       task.spins = true;
                       break;
                     case Verb::sleep:
                       task.spins = false;
                       break;
                     case Verb::deadline:
                       task.deadline = true;
                       break;
                     case Verb::exec: {
                       Process& process = processes_.at(task.process);
                       if (process.leader != life.task) members_.erase(process.leader);
                       for (const std::string& other : process.alive) {
                         if (other != life.task) members_.erase(other);
                       }
                       process.leader = life.task;
                       process.alive = {life.task};
                       break;
                     }
                     case Verb::finish:
                     case Verb::userns:
                       break;
                   }
                 },
                 [&](const op::Make& make) { cgroups_.insert(make.cgroup); },
                 [&](const op::Remove& remove) { cgroups_.erase(remove.cgroup); },
                 [](const auto&) {},
             },
             operation.action);
}

}  // namespace pinfold::test

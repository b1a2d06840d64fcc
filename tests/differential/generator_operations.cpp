// What each kind of operation is made of.
#include <pinfold/cpu_list.h>

#include "differential/generator.h"

namespace pinfold::test {

namespace op = model::operation;
using model::Operation;
using Verb = op::Life::Verb;

namespace {

constexpr std::size_t most_tasks = 14;
constexpr std::size_t most_cgroups = 6;

Operation life_of(Verb verb, std::string task) {
  return {.action = op::Life{.verb = verb, .task = std::move(task)}};
}

}  // namespace

Operation Generator::clone(const Cast& cast) {
  if (cast.members().size() >= most_tasks) return life(cast);
  op::Clone clone{.creator = random_.one_in(4) ? "init" : doer(cast), .made = new_name()};
  if (clone.creator != "init" && random_.one_in(2)) clone.make = model::System::Make::thread;
  return {.action = std::move(clone)};
}

Operation Generator::set(const Cast& cast) {
  return {.action = op::Set{
              .task = member(cast), .cpus = mask(), .by = random_.one_in(2) ? "init" : doer(cast)}};
}

Operation Generator::set_oneself(const Cast& cast) {
  const std::string name = doer(cast);
  const std::string other = member(cast);
  const std::string whom = random_.one_in(2) ? name : random_.one_in(8) ? "init" : other;
  // The driver stays free to go wherever it is needed.
  return {.action =
              op::Set{.task = whom, .cpus = whom == "init" ? host_.possible : mask(), .by = name}};
}

Operation Generator::get(const Cast& cast) { return {.action = op::Get{.task = member(cast)}}; }

Operation Generator::life(const Cast& cast) {
  return life_of(random_.one_in(3) ? Verb::kill : Verb::exit, doer(cast));
}

Operation Generator::reap(const Cast& cast) {
  for (const auto& [name, member] : cast.members()) {
    if (!cast.reaper_of(name).empty() && random_.one_in(2)) return life_of(Verb::reap, name);
  }
  return set(cast);
}

Operation Generator::exec(const Cast& cast) { return life_of(Verb::exec, doer(cast)); }

// One at a time: each takes a CPU from everybody.
Operation Generator::spin(const Cast& cast) {
  std::size_t spinning = 0;
  for (const auto& [name, member] : cast.members()) {
    if (!member.spins) continue;
    if (random_.one_in(2)) return life_of(Verb::sleep, name);
    ++spinning;
  }
  if (spinning > (host_.emulator ? 1 : 0)) return set(cast);
  return life_of(Verb::spin, doer(cast));
}

Operation Generator::deadline(const Cast& cast) { return life_of(Verb::deadline, doer(cast)); }
Operation Generator::userns(const Cast& cast) { return life_of(Verb::userns, doer(cast)); }

Operation Generator::uids(const Cast& cast) {
  static constexpr uid_t users[] = {0, 1001, 1001, 1002, 1003};
  op::Uids uids{.task = doer(cast)};
  uids.real = uids.effective = uids.saved = random_.of(users);
  if (random_.one_in(2)) uids.effective = random_.of(users);
  if (random_.one_in(2)) uids.saved = random_.of(users);
  return {.action = uids};
}

Operation Generator::capabilities(const Cast& cast) {
  op::Capabilities capabilities{.task = doer(cast), .permitted = capability_set()};
  capabilities.effective = random_.one_in(2)   ? capabilities.permitted
                           : random_.one_in(8) ? capability_set()
                                               : capabilities.permitted & capability_set();
  return {.action = capabilities};
}

Operation Generator::make_cgroup(const Cast& cast) {
  if (cast.cgroups().size() >= most_cgroups) return remove_cgroup(cast);
  std::string parent = random_.one_in(2) ? cgroup(cast) : base_;
  if (parent == "/") parent.clear();
  static constexpr const char* names[] = {"a", "b", "c"};
  return {.action = op::Make{parent + '/' + random_.of(names)}};
}

Operation Generator::remove_cgroup(const Cast& cast) {
  const std::string path = cgroup(cast);
  return path == "/" ? make_cgroup(cast) : Operation{.action = op::Remove{path}};
}

Operation Generator::write_cpus(const Cast& cast) {
  const std::string path = cgroup(cast);
  if (path == "/") return make_cgroup(cast);
  const bool mems = host_.hierarchy == model::Hierarchy::v1 && random_.one_in(3);
  if (!mems) return {.action = op::Write{path, "cpuset.cpus", list()}};
  return {.action = op::Write{path, "cpuset.mems", random_.one_in(12) ? "" : host_.nodes}};
}

Operation Generator::write(const Cast& cast) {
  const std::string path = cgroup(cast);
  if (path == "/") return make_cgroup(cast);
  if (host_.hierarchy == model::Hierarchy::v1) {
    if (random_.one_in(2)) return write_cpus(cast);
    return {.action = op::Write{path, "cpuset.cpu_exclusive", random_.one_in(3) ? "0" : "1"}};
  }
  static constexpr const char* partitions[] = {"member", "root", "root", "isolated", "other"};
  switch (random_.below(8)) {
    case 0:
      return {.action = op::Write{path, "cpuset.cpus.exclusive", list()}};
    case 1:
    case 2:
    case 3: {
      static constexpr const char* control[] = {"+cpuset", "+cpuset", "-cpuset"};
      return {.action = op::Write{path, "cgroup.subtree_control", random_.of(control)}};
    }
    case 4:
      return {.action = op::Write{path, "cpuset.mems", random_.one_in(4) ? "" : host_.nodes}};
    default:
      return {.action = op::Write{path, "cpuset.cpus.partition", random_.of(partitions)}};
  }
}

Operation Generator::move(const Cast& cast) {
  return {.action = op::Move{
              .task = member(cast),
              .cgroup = random_.one_in(4) ? "/" : cgroup(cast),
              .thread_only = host_.hierarchy == model::Hierarchy::v1 && random_.one_in(2)}};
}

Operation Generator::hotplug(const Cast&) {
  const unsigned ids = host_.possible.last()->value() + 1;
  return {.action =
              op::Hotplug{.cpu = CpuId(1 + random_.below(ids - 1)), .online = random_.one_in(2)}};
}

}  // namespace pinfold::test

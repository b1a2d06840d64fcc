#include "differential/generator.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

namespace pinfold::test {

namespace op = model::operation;
using model::Operation;

namespace {

// linux/capability.h: all of those that the rules ask for, and one that they do not.
constexpr unsigned cap_setuid = 7;
constexpr unsigned cap_net_raw = 13;
constexpr unsigned cap_sys_admin = 21;
constexpr unsigned cap_sys_nice = 23;

}  // namespace

Generator::Generator(const Host& host, bool hotplug, std::uint64_t seed)
    : host_(host), random_(seed), length_(60 + random_.below(141)) {
  // Each scenario has its own taste: what is rare in all is frequent in some.
  const bool cpusets =
      host.hierarchy != model::Hierarchy::none && random_.one_in(host.emulator ? 2 : 12);
  const bool identities = random_.one_in(2);
  add(8, &Generator::clone);
  add(30, &Generator::set);
  add(identities ? 20 : 6, &Generator::set_oneself);
  add(1, &Generator::get);
  add(4, &Generator::life);
  add(3, &Generator::reap);
  add(random_.one_in(4) ? 3 : 0, &Generator::exec);
  add(hotplug || random_.one_in(20) ? 3 : 0, &Generator::spin);
  // Where CPUs come and go as well, a SCHED_DEADLINE task that ends makes 6.1 panic: it divides by
  // the number of CPUs of a root domain that has none left (inactive_task_timer()).
  add(!hotplug && random_.one_in(8) ? 2 : 0, &Generator::deadline);
  add(identities ? 8 : 1, &Generator::uids);
  add(identities ? 8 : 1, &Generator::capabilities);
  add(identities ? 2 : 0, &Generator::userns);
  if (cpusets) {
    add(5, &Generator::make_cgroup);
    add(2, &Generator::remove_cgroup);
    add(10, &Generator::write_cpus);
    add(10, &Generator::write);
    add(host.emulator ? 10 : 3, &Generator::move);
  }
  if (hotplug && random_.one_in(2)) add(4, &Generator::hotplug);

  if (!cpusets) return;
  if (host.hierarchy == model::Hierarchy::v2) {
    first_.insert(first_.begin(), {.action = op::Write{"/", "cgroup.subtree_control", "+cpuset"}});
  } else if (!host.emulator) {
    // Right below the root an exclusive cpuset would be in the way of others.
    base_ = "/d";
    const auto cpus = to_cpu_list(host.online);
    first_.insert(first_.begin(), {{.action = op::Write{base_, "cpuset.cpus", cpus}},
                                   {.action = op::Write{base_, "cpuset.mems", host.nodes}},
                                   {.action = op::Make{base_}}});
  }
}

Operation Generator::next(const Cast& cast) {
  if (!first_.empty()) {
    Operation operation = std::move(first_.back());
    first_.pop_back();
    return operation;
  }
  if (cast.members().size() < 2) return clone(cast);
  unsigned at = random_.below(total_);
  for (const Choice& choice : choices_) {
    if (at < choice.weight) return (this->*choice.make)(cast);
    at -= choice.weight;
  }
  return get(cast);
}

std::string Generator::member(const Cast& cast) {
  if (cast.members().empty()) return "init";
  return random_.of(cast.members()).first;
}

// Somebody alive, if one is found soon.
std::string Generator::doer(const Cast& cast) {
  std::string name = member(cast);
  for (int i = 0; i < 4 && !cast.is_alive(name); ++i)
    name = member(cast);
  return name;
}

std::string Generator::cgroup(const Cast& cast) {
  if (cast.cgroups().empty()) return "/";
  return random_.of(cast.cgroups());
}

std::string Generator::new_name() { return 't' + std::to_string(++made_); }

CpuSet Generator::some_of(const CpuSet& cpus) {
  CpuSet chosen;
  const unsigned density = 1 + random_.below(3);
  for (const CpuId cpu : cpus) {
    if (random_.below(4) < density) chosen.add(cpu);
  }
  return chosen;
}

CpuSet Generator::mask() {
  const unsigned ids = host_.possible.last()->value() + 1;
  const auto bits = static_cast<unsigned>(host_.mask_bytes * 8);
  switch (random_.below(12)) {
    case 0:
      return {};
    case 1:
      return host_.possible;
    case 2:
      return CpuSet{CpuId(ids + random_.below(bits + 70))};
    case 3:
      return some_of(host_.possible) | CpuSet{CpuId(ids + random_.below(bits + 70))};
    case 4:
      return CpuSet::range(CpuId(0), CpuId(bits - 1));
    case 5:
      return CpuSet::range(CpuId(0), CpuId(bits + random_.below(200)));
    case 6:
    case 7:
    case 8:
      return CpuSet{CpuId(random_.below(ids))};
    default:
      return some_of(host_.possible);
  }
}

std::uint64_t Generator::capability_set() {
  switch (random_.below(5)) {
    case 0:
      return 0;
    case 1:
      return host_.permitted;
    case 2:
      return host_.permitted & ~(1ULL << cap_sys_nice);
    default:
      break;
  }
  std::uint64_t set = 0;
  for (const unsigned capability : {cap_setuid, cap_net_raw, cap_sys_admin, cap_sys_nice}) {
    if (random_.one_in(2)) set |= 1ULL << capability;
  }
  return set;
}

// For a file of cpusets: mostly right.
std::string Generator::list() {
  // A partition whose cpuset.cpus is emptied takes its CPUs along for ever on 6.1, and all
  // scenarios after that one would lack them.
  const bool loses_cpus = host_.hierarchy == model::Hierarchy::v2 && host_.profile == "6.1";
  if (!loses_cpus && random_.one_in(12)) return {};
  if (random_.one_in(20)) {
    static constexpr const char* odd[] = {"0-",  "x",   "1-0",     "5000",        "0,,1",  " 1 ",
                                          "all", "0-N", "0-N:1/2", "99999999999", "0:1/0", "0 1"};
    return random_.of(odd);
  }
  if (random_.one_in(16)) return std::to_string(host_.possible.last()->value() + 1);
  CpuSet cpus = some_of(host_.possible);
  if (cpus.empty()) cpus.add(CpuId(0));
  return to_cpu_list(cpus);
}

}  // namespace pinfold::test

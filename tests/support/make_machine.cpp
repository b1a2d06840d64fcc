#include "support/make_machine.h"

#include <algorithm>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "machine/description.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

// The last object that lies within `part`.
Object* last_within(std::vector<Object>& objects, const CpuSet& part) {
  Object* last = nullptr;
  for (Object& object : objects) {
    if (part.contains(object.cpus)) last = &object;
  }
  return last;
}

}  // namespace

MachineBuilder& MachineBuilder::set(CpuSet& which, const char* list) {
  which = cpus(list);
  return *this;
}

void MachineBuilder::add_efficiency_cores(MachineFacts& facts) const {
  SystemCpus& system = facts.limits.cpus;
  const CpuSet performance = system.online;
  unsigned next = performance.last()->value() + 1;
  CpuSet efficiency;
  for (Object& package : facts.objects[Level::package]) {
    const CpuId first(next);
    const CpuId last(next + efficiency_cores_ - 1);
    for (const Level level : {Level::node, Level::die, Level::l3}) {
      if (Object* around = last_within(facts.objects[level], package.cpus)) {
        around->cpus.add_range(first, last);
      }
    }
    package.cpus.add_range(first, last);
    efficiency.add_range(first, last);
    for (; next <= last.value(); next += 4) {
      const CpuId last_of_l2(std::min(next + 3, last.value()));
      facts.objects[Level::l2].push_back({.cpus = CpuSet::range(CpuId(next), last_of_l2)});
    }
    next = last.value() + 1;
  }
  system.possible |= efficiency;
  system.present |= efficiency;
  system.online |= efficiency;
  facts.kinds = {{.cpus = efficiency}, {.cpus = performance}};
}

void MachineBuilder::set_limits(Limits& limits) const {
  SystemCpus& system = limits.cpus;
  if (possible_ != 0) system.possible = CpuSet::range(CpuId(0), CpuId(possible_ - 1));
  system.online -= offline_;
  system.isolated = isolated_;
  system.nohz_full = nohz_full_;
  if (!cpuset_.empty()) {
    limits.cpuset = CpusetLimit{.cgroup = "/box", .file = "/box/cpuset", .cpus = cpuset_};
  }
}

MachineFacts MachineBuilder::facts() const {
  std::string text = levels_ + "pu:" + std::to_string(smt_);
  if (!indexes_.empty()) text += "(indexes=" + indexes_ + ')';
  auto facts = read_description(text);
  if (!facts) throw std::invalid_argument(message(facts.error()));
  if (efficiency_cores_ != 0) add_efficiency_cores(*facts);
  set_limits(facts->limits);
  return std::move(*facts);
}

Machine MachineBuilder::build() const { return Machine(facts()); }

std::vector<std::string> lists(const Machine& machine, Level level) {
  std::vector<std::string> lists;
  for (const Object& object : machine.objects(level))
    lists.push_back(to_cpu_list(object.cpus));
  return lists;
}

}  // namespace pinfold::test

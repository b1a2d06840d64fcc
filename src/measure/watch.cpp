#include "measure/watch.h"

#include <utility>

namespace pinfold::measure {
namespace {

class HostSurroundings final : public Surroundings {
 public:
  Result<Counters> counters(const CpuSet& cpus) override { return read_counters(cpus); }
  bool is_virtual() override { return measure::is_virtual(); }
};

}  // namespace

Surroundings& Surroundings::host() {
  static HostSurroundings surroundings;
  return surroundings;
}

Doubt virtual_doubt() {
  return {.kind = Doubt::Kind::virtual_,
          .spoils = false,
          .text =
              "this is a virtual machine: what its CPUs share is what its host says, and may be "
              "untrue"};
}

CpuSet siblings_of(const Machine& machine, const CpuSet& cpus) {
  CpuSet siblings;
  for (const Object& core : machine.objects(Level::core)) {
    if (core.cpus.intersects(cpus)) siblings |= core.cpus;
  }
  siblings -= cpus;
  return siblings;
}

Watch::Watch(Surroundings& surroundings, const Machine& machine, CpuSet cpus)
    : surroundings_(surroundings), siblings_{.cpus = siblings_of(machine, cpus)} {
  own_.cpus = std::move(cpus);
}

void Watch::begin() {
  for (Part* part : {&own_, &siblings_}) {
    // Where /proc/stat cannot be read nothing is known, and nothing is said.
    part->at_begin.reset();
    if (auto counters = surroundings_.counters(part->cpus)) part->at_begin = *counters;
  }
}

void Watch::add_to(Part& part) {
  const auto now = surroundings_.counters(part.cpus);
  if (!now || !part.at_begin) return;
  part.sum.busy += now->busy - part.at_begin->busy;
  part.sum.stolen += now->stolen - part.at_begin->stolen;
  part.sum.heat += now->heat - part.at_begin->heat;
  part.sum.throttled += now->throttled - part.at_begin->throttled;
}

void Watch::end(std::uint64_t elapsed) {
  add_to(own_);
  add_to(siblings_);
  elapsed_ += elapsed;
}

std::vector<Doubt> Watch::doubts() const {
  std::vector<Doubt> doubts = doubts_between({}, own_.sum, own_.cpus, own_.sum.busy, elapsed_);
  if (siblings_.cpus.empty()) return doubts;
  const Counters work{.busy = siblings_.sum.busy};
  for (Doubt& doubt : doubts_between({}, work, siblings_.cpus, 0, elapsed_)) {
    doubt.text += siblings_.cpus.count() == 1 ? ", an SMT sibling" : ", SMT siblings";
    doubts.push_back(std::move(doubt));
  }
  return doubts;
}

}  // namespace pinfold::measure

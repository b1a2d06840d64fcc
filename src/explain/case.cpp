#include "explain/case.h"

#include "base/try.h"

namespace pinfold {

Result<Facts> Facts::read(Kernel& kernel) {
  Facts facts(kernel);
  TRY(facts.cpus_, kernel.cpus());
  return facts;
}

const std::vector<Partition>& Facts::partitions() {
  if (!partitions_) partitions_ = kernel_->partitions().value_or(std::vector<Partition>());
  return *partitions_;
}

CpuSet Facts::isolated_by_partitions() {
  CpuSet isolated;
  if (cpus_.isolated.empty()) return isolated;
  for (const Partition& partition : partitions()) {
    if (partition.isolated) isolated |= partition.cpus;
  }
  return isolated;
}

void Case::take(Constraint constraint) {
  constraint.takes = constraint.cpus & rest_;
  if (constraint.takes.empty()) return;
  constraint.cpus = constraint.takes;
  rest_ -= constraint.takes;
  constraints_.push_back(std::move(constraint));
}

void Case::remark(Constraint constraint) {
  constraint.takes.clear();
  constraints_.push_back(std::move(constraint));
}

}  // namespace pinfold

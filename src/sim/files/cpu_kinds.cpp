#include "sim/files/cpu_kinds.h"

#include <algorithm>

namespace pinfold::sim {
namespace {

constexpr unsigned full_capacity = 1024;  // SCHED_CAPACITY_SCALE

struct Pmu {
  const char* name;
  const char* type;
};
// Slowest first, as kinds stand.
constexpr Pmu pmus[] = {{"cpu_lowpower", "12\n"}, {"cpu_atom", "10\n"}, {"cpu_core", "4\n"}};

bool capacities_tell(std::span<const CpuKind> kinds) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (!kinds[i].capacity) return false;
    if (i > 0 && *kinds[i - 1].capacity >= *kinds[i].capacity) return false;
  }
  return true;
}

}  // namespace

CpuKinds::CpuKinds(const Machine& machine, ContentStore& contents) {
  const auto kinds = machine.kinds();
  unsigned highest = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Kind kind{.value = {}, .cpus = contents.list(kinds[i].cpus)};
    if (kinds[i].capacity) {
      said_ = Said::capacity;
      highest = std::max(highest, *kinds[i].capacity);
      kind.value = contents.number(*kinds[i].capacity);
    }
    for (const CpuId cpu : kinds[i].cpus) {
      if (cpu.value() >= kind_of_.size()) kind_of_.resize(cpu.value() + 1, kinds.size());
      kind_of_[cpu.value()] = i;
    }
    kinds_.push_back(kind);
  }
  pmus_ = kinds.size() > 1 && kinds.size() <= std::size(pmus) && !capacities_tell(kinds);
  if (highest > full_capacity && !pmus_) said_ = Said::performance;
}

std::optional<ContentStore::Id> CpuKinds::value_of(CpuId cpu) const {
  if (cpu.value() >= kind_of_.size() || kind_of_[cpu.value()] == kinds_.size()) return std::nullopt;
  return kinds_[kind_of_[cpu.value()]].value;
}

void CpuKinds::add_performance(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const {
  if (said_ != Said::performance) return;
  const auto value = value_of(cpu);
  if (!value) return;
  const FileTree::FolderId folder = tree.add_folder(cpu_folder, "acpi_cppc");
  tree.add_file(folder, "highest_perf", *value);
  tree.add_file(folder, "lowest_perf", "1\n");
  tree.add_file(folder, "nominal_perf", *value);
  tree.add_file(folder, "reference_perf", *value);
}

void CpuKinds::add_capacity(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const {
  if (said_ != Said::capacity) return;
  if (const auto value = value_of(cpu)) tree.add_file(cpu_folder, "cpu_capacity", *value);
}

void CpuKinds::add_pmus(FileTree& tree, FileTree::FolderId devices) const {
  if (!pmus_) return;
  const std::size_t left_out = std::size(pmus) - kinds_.size();
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const Pmu& pmu = pmus[left_out + i];
    const FileTree::FolderId folder = tree.add_folder(devices, pmu.name);
    tree.add_file(folder, "cpus", kinds_[i].cpus);
    tree.add_file(folder, "type", pmu.type);
  }
}

}  // namespace pinfold::sim

#include "machine/kinds.h"

#include <array>
#include <map>

#include "machine/cpu_path.h"
#include "machine/folder.h"

namespace pinfold {
namespace {

constexpr const char* capacity_file = "cpu_capacity";
constexpr const char* nominal_file = "acpi_cppc/nominal_perf";

std::optional<unsigned> value_of(Folder& cpus, CpuId cpu, const char* file) {
  const auto value = cpus.number(CpuPath()(cpu, "/", file));
  if (!value || *value < 0) return std::nullopt;
  return static_cast<unsigned>(*value);
}

std::vector<CpuKind> by_pmu(const Root& root, Folder& cpus) {
  std::vector<CpuKind> kinds;
  for (const char* pmu : {"cpu_lowpower", "cpu_atom", "cpu_core"}) {
    Folder folder(root, std::string("sys/devices/") + pmu);
    if (!folder.is_open()) continue;
    auto members = folder.list("cpus");
    if (!members || members->empty()) continue;
    const CpuId first = *members->first();
    kinds.push_back(
        {.cpus = std::move(*members), .capacity = value_of(cpus, first, capacity_file)});
  }
  return kinds;
}

std::vector<CpuKind> by_value(Folder& cpus, const MachineFacts& facts, const char* file) {
  std::map<unsigned, CpuSet> groups;
  CpuSet left = facts.limits.cpus.online;
  for (const Object& core : facts.objects[Level::core]) {
    const auto first = (core.cpus & left).first();
    if (!first) continue;
    const auto value = value_of(cpus, *first, file);
    // A kernel has it for all CPUs or for none.
    if (!value) return {};
    groups[*value] |= core.cpus;
    left -= core.cpus;
  }
  for (const CpuId cpu : left) {
    const auto value = value_of(cpus, cpu, file);
    if (!value) return {};
    groups[*value].add(cpu);
  }
  std::vector<CpuKind> kinds;
  for (auto& [value, members] : groups)
    kinds.push_back({.cpus = std::move(members), .capacity = value});
  return kinds;
}

}  // namespace

std::vector<CpuKind> read_kinds(const Root& root, const MachineFacts& facts) {
  Folder cpus(root, "sys/devices/system/cpu");
  auto kinds = by_pmu(root, cpus);
  if (kinds.size() > 1) return kinds;
  auto by_capacity = by_value(cpus, facts, capacity_file);
  if (by_capacity.size() > 1) return by_capacity;
  auto by_nominal = by_value(cpus, facts, nominal_file);
  if (by_nominal.size() > 1) return by_nominal;
  return by_capacity;
}

}  // namespace pinfold

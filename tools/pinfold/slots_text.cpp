#include "slots_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>
#include <pinfold/plan.h>

#include "report.h"

namespace pinfold::tool {
namespace {

using Line = std::array<std::string, 3>;

std::string table(const Machine& machine, const std::vector<CpuSet>& slots) {
  std::vector<Line> lines = {{"SLOT", "CPUS", "NODES"}};
  for (const CpuSet& cpus : slots) {
    const std::string nodes = nodes_of(machine, cpus);
    lines.push_back(
        {std::to_string(lines.size() - 1), to_cpu_list(cpus), nodes.empty() ? "-" : nodes});
  }
  std::array<std::size_t, 2> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const auto& [slot, cpus, nodes] : lines) {
    text.append(widths[0] - slot.size(), ' ').append(slot).append("  ");
    text.append(cpus).append(widths[1] - cpus.size(), ' ').append("  ").append(nodes) += '\n';
  }
  return text;
}

// What `one` makes of each slot, joined.
template <class One>
std::string joined(const std::vector<CpuSet>& slots, const char* between, One one) {
  std::string text;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i > 0) text += between;
    text += one(slots[i]);
  }
  return text;
}

template <class One>
std::string line_for_each(const std::vector<CpuSet>& slots, One one) {
  return joined(slots, "\n", one) + '\n';
}

// With 0x, because without it 10 could also be a CPU.
std::string mask(const CpuSet& cpus) { return "0x" + to_hex_mask(cpus); }

// A place of OpenMP: numbers and intervals first:length, in braces.
std::string omp_place(const CpuSet& cpus) {
  std::string text = "{";
  for (auto cpu = cpus.begin(); cpu != CpuSet::end();) {
    const unsigned first = (*cpu).value();
    unsigned length = 0;
    for (; cpu != CpuSet::end() && (*cpu).value() == first + length; ++cpu)
      ++length;
    if (text.size() > 1) text += ',';
    text += std::to_string(first);
    if (length > 1) text += ':' + std::to_string(length);
  }
  return text + '}';
}

// In quotes, so that no shell makes several words of braces with a comma. Threads take places in
// the order of the list if they are bound "close" and as many as places.
std::string omp(const std::vector<CpuSet>& slots) {
  return "OMP_NUM_THREADS=" + std::to_string(slots.size()) + " OMP_PROC_BIND=close OMP_PLACES=\"" +
         joined(slots, ",", omp_place) + "\"\n";
}

std::string json(const Machine& machine, const std::vector<CpuSet>& slots) {
  Json list = Json::array();
  for (const CpuSet& cpus : slots) {
    list.push_back(
        {{"slot", list.size()}, {"cpus", to_cpu_list(cpus)}, {"nodes", nodes_of(machine, cpus)}});
  }
  const Json whole = {{"schema_version", 1}, {"slots", std::move(list)}};
  return whole.dump() + '\n';
}

}  // namespace

std::optional<SlotsForm> slots_form_named(std::string_view text) {
  constexpr std::array forms = {SlotsForm::list, SlotsForm::mask,  SlotsForm::omp,
                                SlotsForm::gomp, SlotsForm::slurm, SlotsForm::taskset};
  const auto* found = std::ranges::find(slots_forms, text);
  if (found == slots_forms.end()) return std::nullopt;
  return forms[static_cast<std::size_t>(found - slots_forms.begin())];
}

std::string slots_text(const Machine& machine, const std::vector<CpuSet>& slots, SlotsForm form) {
  switch (form) {
    case SlotsForm::table:
      return table(machine, slots);
    case SlotsForm::list:
      return line_for_each(slots, to_cpu_list);
    case SlotsForm::mask:
      return line_for_each(slots, mask);
    case SlotsForm::omp:
      return omp(slots);
    case SlotsForm::gomp:
      return "GOMP_CPU_AFFINITY=\"" + joined(slots, " ", to_cpu_list) + "\"\n";
    case SlotsForm::slurm:
      return "--cpu-bind=mask_cpu:" + joined(slots, ",", mask) + '\n';
    case SlotsForm::taskset:
      return line_for_each(slots,
                           [](const CpuSet& cpus) { return "taskset -c " + to_cpu_list(cpus); });
    case SlotsForm::json:
      return json(machine, slots);
  }
  return {};
}

}  // namespace pinfold::tool

#include "trace/losses.h"

#include <utility>

namespace pinfold::trace {
namespace {

// A record that was on its way while the counts were read says less than they.
std::uint64_t beyond(std::uint64_t said, std::uint64_t known) {
  return said > known ? said - known : 0;
}

}  // namespace

Losses::Cpu& Losses::at(unsigned cpu) {
  if (cpu >= cpus_.size()) cpus_.resize(cpu + 1);
  return cpus_[cpu];
}

std::optional<LostEvent> Losses::before(const Record& record,
                                        const std::function<Time(Moment)>& time) {
  Cpu& cpu = at(record->cpu);
  const Moment last = std::exchange(cpu.last, record.moment());
  return lose(cpu, {.count = beyond(record->lost, cpu.lost),
                    .others = beyond(record->lost_others, cpu.others),
                    .from = time(last),
                    .to = time(cpu.last),
                    .cpu = CpuId(record->cpu)});
}

std::vector<LostEvent> Losses::rest(std::span<const trace_counts> counts,
                                    std::span<const CpuId> cpus, Time now,
                                    const std::function<Time(Moment)>& time) {
  std::vector<LostEvent> events;
  for (std::size_t i = 0; i < counts.size() && i < cpus.size(); ++i) {
    Cpu& cpu = at(cpus[i].value());
    auto lost = lose(cpu, {.count = beyond(counts[i].lost, cpu.lost),
                           .others = beyond(counts[i].lost_others, cpu.others),
                           .from = time(cpu.last),
                           .to = now,
                           .cpu = cpus[i]});
    if (lost) events.push_back(*lost);
  }
  return events;
}

std::optional<LostEvent> Losses::lose(Cpu& cpu, const LostEvent& event) {
  if (event.count == 0 && event.others == 0) return std::nullopt;
  cpu.lost += event.count;
  cpu.others += event.others;
  total_ += event.count;
  others_ += event.others;
  any_ = true;
  return event;
}

bool Losses::take_any() { return std::exchange(any_, false); }

}  // namespace pinfold::trace

#include "measure/rounds.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

namespace pinfold::measure {

bool Rounds::count(std::uint64_t lost, std::uint64_t whole) {
  constexpr std::uint64_t clock_reading = 1'000;
  ++tries_;
  lost_ += lost;
  whole_ += whole;
  const bool counts = lost <= whole / 20 + clock_reading;
  if (counts) ++good_;
  return counts;
}

std::string Rounds::objection(const CpuSet& cpus) const {
  if (good_ > 0 && good_ * 2 >= wanted_) return {};
  const std::uint64_t percent = lost_ * 100 / std::max<std::uint64_t>(whole_, 1);
  return "others used " + std::string(cpus.count() == 1 ? "CPU " : "CPUs ") + to_cpu_list(cpus) +
         " for " + std::to_string(percent) + " % of the time: " + std::to_string(good_) + " of " +
         std::to_string(tries_) + " rounds were undisturbed";
}

}  // namespace pinfold::measure

#include "measure/rounds.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

namespace pinfold::measure {

bool is_disturbed(std::uint64_t lost, std::uint64_t whole) {
  constexpr std::uint64_t to_read_clocks = 1'000;
  return lost > whole / 20 + to_read_clocks;
}

bool Rounds::count(bool disturbed, std::uint64_t lost, std::uint64_t whole) {
  ++tries_;
  lost_ += lost;
  whole_ += whole;
  if (!disturbed) ++good_;
  return !disturbed;
}

std::string Rounds::objection(const CpuSet& cpus) const {
  if (good_ > 0 && good_ * 2 >= wanted_) return {};
  const std::uint64_t percent = lost_ * 100 / std::max<std::uint64_t>(whole_, 1);
  return "others used " + std::string(cpus.count() == 1 ? "CPU " : "CPUs ") + to_cpu_list(cpus) +
         " for " + std::to_string(percent) + " % of the time: " + std::to_string(good_) + " of " +
         std::to_string(tries_) + " rounds were undisturbed";
}

}  // namespace pinfold::measure

// The slots of a plan, in the forms that other programs take.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/machine.h>

namespace pinfold::tool {

enum class SlotsForm {
  table,    ///< for people
  list,     ///< a CPU list a line
  mask,     ///< a hexadecimal mask a line
  omp,      ///< OMP_PLACES and what goes with it, as assignments for a shell
  gomp,     ///< GOMP_CPU_AFFINITY, the same
  slurm,    ///< srun(1): --cpu-bind
  taskset,  ///< a call of taskset(1) a line
  json,
};

/// Those that --as names.
inline constexpr std::array<std::string_view, 6> slots_forms = {"list", "mask",  "omp",
                                                                "gomp", "slurm", "taskset"};
std::optional<SlotsForm> slots_form_named(std::string_view text);

/// All lines, each with its line feed.
std::string slots_text(const Machine& machine, const std::vector<CpuSet>& slots, SlotsForm form);

}  // namespace pinfold::tool

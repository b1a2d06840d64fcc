// How GoogleTest shows our types when an expectation fails: as people write them.
#pragma once

#include <ostream>

#include <pinfold/cpu_list.h>
#include <pinfold/cpu_set.h>
#include <pinfold/ids.h>

namespace pinfold {

inline void PrintTo(const CpuSet& cpus, std::ostream* out) {
  *out << '{' << to_cpu_list(cpus) << '}';
}
inline void PrintTo(CpuId cpu, std::ostream* out) { *out << "CPU " << cpu.value(); }

}  // namespace pinfold

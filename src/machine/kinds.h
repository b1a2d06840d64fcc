// Performance and efficiency cores: which CPUs are of one build.
#pragma once

#include "machine/facts.h"

namespace pinfold {

/// The kinds, slowest first; none where all CPUs are alike. Three sources, the first that tells
/// several kinds apart counts: the PMUs of a hybrid x86 (cpu_core, cpu_atom, cpu_lowpower),
/// cpu_capacity (arm64, RISC-V), and CPPC's nominal performance, which unlike its highest is the
/// same for cores of one build. `facts` has its cores: threads of one are alike.
std::vector<CpuKind> read_kinds(const Root& root, const MachineFacts& facts);

}  // namespace pinfold

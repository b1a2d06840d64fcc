#include "measure/stand.h"

#include <sched.h>

#include <string>

#include <pinfold/cpu_list.h>
#include <pinfold/pin.h>

#include "base/try.h"

#ifdef __x86_64__
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace pinfold::measure {
namespace {

#ifdef __x86_64__
bool has_rdtscp() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned extended_features = 0x80000001;
  constexpr unsigned rdtscp_bit = 1U << 27U;
  return __get_cpuid(extended_features, &eax, &ebx, &ecx, &edx) != 0 && (edx & rdtscp_bit) != 0;
}
#endif

}  // namespace

CpuId here() {
#ifdef __x86_64__
  static const bool knows = has_rdtscp();
  if (knows) {
    unsigned node_and_cpu = 0;
    __rdtscp(&node_and_cpu);
    return CpuId(node_and_cpu & 0xfffU);  // arch/x86/include/asm/segment.h: VDSO_CPUNODE_MASK
  }
#endif
  return CpuId(static_cast<unsigned>(::sched_getcpu()));
}

std::unexpected<Error> elsewhere(CpuId wanted, CpuId found) {
  return fail({.kind = ErrorKind::unsupported,
               .text = "CPU " + std::to_string(wanted.value()),
               .reason = "who was pinned there ran on CPU " + std::to_string(found.value())});
}

Result<void> stand_on(CpuId cpu) {
  const CpuSet only{cpu};
  TRY(const Placement placement, pin(this_thread(), only));
  if (placement.effective != only) {
    return fail({.kind = ErrorKind::narrowed,
                 .cpus = to_cpu_list(only),
                 .limit = to_cpu_list(placement.effective)});
  }
  if (const CpuId found = here(); found != cpu) return elsewhere(cpu, found);
  return {};
}

}  // namespace pinfold::measure

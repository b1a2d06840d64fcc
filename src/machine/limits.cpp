#include "machine/limits.h"

namespace pinfold {

CpuSet Limits::usable() const { return cpuset ? cpus.online & cpuset->cpus : cpus.online; }

bool Limits::is_everything(const CpuSet& effective) const {
  const CpuSet all = usable();
  return effective == all || effective == all - cpus.isolated;
}

}  // namespace pinfold

#include "pin/check.h"

#include <pinfold/cpu_list.h>

namespace pinfold {

Result<CpuSet> check_cpus(const CpuSet& asked, const Limits& limits, Clip clip,
                          const std::string& task) {
  if (asked.empty()) return fail({.kind = ErrorKind::empty_set});
  CpuSet usable = asked & limits.usable();
  if (usable == asked) return asked;
  if (clip == Clip::yes && !usable.empty()) return usable;

  const SystemCpus& cpus = limits.cpus;
  if (const CpuSet missing = asked - cpus.present; !missing.empty()) {
    return fail({.kind = ErrorKind::no_such_cpu,
                 .task = task,
                 .cpus = to_cpu_list(missing),
                 .limit = to_cpu_list(cpus.present)});
  }
  if (const CpuSet offline = asked - cpus.online; !offline.empty()) {
    return fail({.kind = ErrorKind::offline_cpu,
                 .task = task,
                 .cpus = to_cpu_list(offline),
                 .limit = to_cpu_list(cpus.online)});
  }
  return fail({.kind = ErrorKind::cpuset,
               .task = task,
               .cpus = to_cpu_list(asked - limits.cpuset->cpus),
               .limit = to_cpu_list(limits.cpuset->cpus),
               .owner = limits.cpuset->cgroup,
               .file = limits.cpuset->file});
}

}  // namespace pinfold

#include "pin/check.h"

#include <pinfold/cpu_list.h>

namespace pinfold {

std::vector<Error> unusable_cpus(const CpuSet& asked, const Limits& limits,
                                 const std::string& task) {
  const SystemCpus& cpus = limits.cpus;
  std::vector<Error> errors;
  if (const CpuSet missing = asked - cpus.present; !missing.empty()) {
    errors.push_back({.kind = ErrorKind::no_such_cpu,
                      .task = task,
                      .cpus = to_cpu_list(missing),
                      .limit = to_cpu_list(cpus.present)});
  }
  if (const CpuSet offline = (asked & cpus.present) - cpus.online; !offline.empty()) {
    errors.push_back({.kind = ErrorKind::offline_cpu,
                      .task = task,
                      .cpus = to_cpu_list(offline),
                      .limit = to_cpu_list(cpus.online)});
  }
  if (const CpuSet forbidden = (asked & cpus.online) - limits.usable(); !forbidden.empty()) {
    errors.push_back({.kind = ErrorKind::cpuset,
                      .task = task,
                      .cpus = to_cpu_list(forbidden),
                      .limit = to_cpu_list(limits.cpuset->cpus),
                      .owner = limits.cpuset->cgroup,
                      .file = limits.cpuset->file});
  }
  return errors;
}

Result<CpuSet> check_cpus(const CpuSet& asked, const Limits& limits, Clip clip,
                          const std::string& task) {
  if (asked.empty()) return fail({.kind = ErrorKind::empty_set});
  CpuSet usable = asked & limits.usable();
  if (usable == asked) return asked;
  if (clip == Clip::yes && !usable.empty()) return usable;
  Error error = std::move(unusable_cpus(asked, limits, task).front());
  error.clippable = !usable.empty();
  return fail(std::move(error));
}

}  // namespace pinfold

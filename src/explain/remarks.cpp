// What takes no CPU away, but had better be known.
#include <pinfold/cpu_list.h>

#include "explain/case.h"

namespace pinfold {
namespace {

void remark_on_isolated(Case& about, const CpuSet& isolated) {
  if (isolated.empty()) return;
  for (const Partition& partition : about.facts().partitions()) {
    const CpuSet theirs = isolated & partition.cpus;
    if (!partition.isolated || theirs.empty()) continue;
    about.remark({.kind = ConstraintKind::isolated,
                  .takes = {},
                  .cpus = theirs,
                  .by = "cgroup " + partition.cgroup,
                  .where = partition.file,
                  .lifts = "echo root > " + partition.file});
  }
  const CpuSet at_boot =
      (isolated & about.facts().cpus().isolcpus) - about.facts().isolated_by_partitions();
  if (at_boot.empty()) return;
  about.remark({.kind = ConstraintKind::isolated,
                .takes = {},
                .cpus = at_boot,
                .by = "isolcpus",
                .where = "/sys/devices/system/cpu/isolated",
                .lifts = "boot with " + to_cpu_list(at_boot) + " left out of isolcpus="});
}

}  // namespace

void remark_on_cpus(Case& about, const CpuSet& cpus) {
  const SystemCpus& system = about.facts().cpus();
  remark_on_isolated(about, cpus & system.isolated);
  const CpuSet tickless = cpus & system.nohz_full;
  if (tickless.empty()) return;
  about.remark({.kind = ConstraintKind::nohz_full,
                .takes = {},
                .cpus = tickless,
                .by = "nohz_full",
                .where = "/sys/devices/system/cpu/nohz_full",
                .lifts = "boot with " + to_cpu_list(tickless) + " left out of nohz_full="});
}

void remark_on_disagreement(Case& about, const CpuSet& allowed, const CpuSet& effective) {
  const CpuSet kept = allowed - effective;
  if (kept.empty() || about.facts().cpus().online.contains(kept)) return;
  const std::string tid = std::to_string(about.task().tid.value());
  about.remark({.kind = ConstraintKind::disagreement,
                .takes = {},
                .cpus = kept,
                .limit = effective,
                .by = "the kernel, which keeps offline CPUs in the mask",
                .where = "/proc/" + tid + "/status (Cpus_allowed_list) and sched_getaffinity(2)"});
}

}  // namespace pinfold

// CPUs that are not there.
#include <string>

#include <pinfold/cpu_list.h>

#include "explain/case.h"

namespace pinfold {
namespace {

constexpr const char* folder = "/sys/devices/system/cpu/";

std::string switch_on(const CpuSet& cpus, const std::string& smt) {
  // Where SMT is off, the kernel refuses to switch a sibling on by itself.
  if (smt == "off") return std::string("echo on > ") + folder + "smt/control";
  if (smt == "forceoff") return "boot without nosmt=force, or switch SMT on in the firmware";
  if (cpus.count() > 1) return "chcpu --enable " + to_cpu_list(cpus);
  return std::string("echo 1 > ") + folder + "cpu" + to_cpu_list(cpus) + "/online";
}

}  // namespace

void find_missing_cpus(Case& about) {
  const SystemCpus& cpus = about.facts().cpus();
  about.take({.kind = ConstraintKind::nonexistent,
              .cpus = about.rest() - cpus.possible,
              .limit = cpus.possible,
              .by = "this machine",
              .where = std::string(folder) + "possible"});
  about.take({.kind = ConstraintKind::not_present,
              .cpus = about.rest() - cpus.present,
              .limit = cpus.present,
              .by = "this machine",
              .where = std::string(folder) + "present",
              .lifts = "plug a CPU in; the host of a virtual machine can"});
  const CpuSet offline = about.rest() - cpus.online;
  if (offline.empty()) return;
  const std::string smt = about.kernel().smt_switched_off();
  about.take({.kind = ConstraintKind::offline,
              .cpus = offline,
              .limit = cpus.online,
              .by = smt.empty() ? "this machine" : "SMT, which is switched off",
              .where = std::string(folder) + (smt.empty() ? "online" : "smt/control"),
              .lifts = switch_on(offline, smt)});
}

}  // namespace pinfold

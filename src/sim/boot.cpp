#include "sim/boot.h"

#include <pinfold/cpu_list.h>

#include "base/try.h"

namespace pinfold::sim {
namespace {

constexpr const char* cgroup = "/pinfold";

// A cgroup with these CPUs.
Result<void> make_cpuset(model::System& system, const CpuSet& cpus) {
  model::Task& init = system.init();
  int wrong = 0;
  if (system.hierarchy() == model::Hierarchy::v2) {
    wrong = system.write_cgroup(init, system.root_cgroup(), "cgroup.subtree_control", "+cpuset");
  }
  if (wrong == 0) wrong = system.make_cgroup(cgroup);
  model::Cgroup* const made = system.find_cgroup(cgroup);
  if (wrong == 0 && made)
    wrong = system.write_cgroup(init, *made, "cpuset.cpus", to_cpu_list(cpus));
  if (wrong == 0 && made && system.hierarchy() == model::Hierarchy::v1) {
    wrong = system.write_cgroup(init, *made, "cpuset.mems", to_node_list(system.nodes()));
  }
  if (wrong == 0) return {};
  return fail({.kind = ErrorKind::system, .number = -wrong, .text = "cpuset " + to_cpu_list(cpus)});
}

}  // namespace

model::Hierarchy newest_hierarchy(const model::Profile& profile) {
  if (profile.cpusets_v2) return model::Hierarchy::v2;
  return profile.cpusets_v1 ? model::Hierarchy::v1 : model::Hierarchy::none;
}

Result<Booted> boot(const Machine& machine, const model::Profile& profile,
                    model::Hierarchy cpusets) {
  TRY(auto system, model::System::open({.machine = machine,
                                        .profile = &profile,
                                        .hierarchy = cpusets,
                                        .bound_kernel_threads = false}));
  if (machine.allowed().contains(machine.online())) {
    return Booted{.system = std::move(system), .cgroup = "/"};
  }
  if (cpusets == model::Hierarchy::none) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "a machine with a cpuset",
                 .reason = "there are none of them",
                 .advice = "--cpusets v1 or v2 has them"});
  }
  CHECK_OK(make_cpuset(*system, machine.allowed()));
  return Booted{.system = std::move(system), .cgroup = cgroup};
}

}  // namespace pinfold::sim

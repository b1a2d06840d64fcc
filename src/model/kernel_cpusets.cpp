// Cpusets as files of a real system tell of them: src/machine/cpus.cpp and partitions.cpp read the
// same there.
#include "model/kernel_cpusets.h"

#include <algorithm>

#include "base/try.h"
#include "model/kernel.h"

namespace pinfold::model {
namespace {

CpusetLimit limit_of(const System& system, const Cgroup& cgroup) {
  const bool v1 = system.hierarchy() == Hierarchy::v1;
  return {
      .cgroup = cgroup.path(),
      .file = cpuset_file(system, cgroup, v1 ? "cpuset.effective_cpus" : "cpuset.cpus.effective"),
      .cpus = cgroup.effective};
}

// Since Linux 6.7 a partition may stand anywhere; before, only below another one.
CpuSet add_partitions_below(const System& system, const Cgroup& cgroup,
                            std::vector<Partition>& found) {
  CpuSet cpus;
  for (const auto& child : cgroup.children) {
    if (!child->has_cpuset) continue;
    if (!child->is_valid_partition()) {
      if (system.profile().partitions.value == Partitions::exclusive) {
        cpus |= add_partitions_below(system, *child, found);
      }
      continue;
    }
    const std::size_t index = found.size();
    found.push_back({.cgroup = child->path(),
                     .file = cpuset_file(system, *child, "cpuset.cpus.partition"),
                     .cpus = child->effective,
                     .isolated = child->kind == PartitionKind::isolated});
    const CpuSet inside = add_partitions_below(system, *child, found);
    found[index].cpus |= inside;
    cpus |= found[index].cpus;
  }
  return cpus;
}

std::vector<Partition> all_partitions(const System& system) {
  std::vector<Partition> found;
  if (system.hierarchy() == Hierarchy::v2) {
    add_partitions_below(system, system.root_cgroup(), found);
  }
  return found;
}

}  // namespace

std::string cpuset_file(const System& system, const Cgroup& cgroup, std::string_view file) {
  std::string path =
      system.hierarchy() == Hierarchy::v1 ? "/sys/fs/cgroup/cpuset" : "/sys/fs/cgroup";
  if (!cgroup.is_root()) path += cgroup.path();
  path += '/';
  path += file;
  return path;
}

// In v1 who has ended is shown in the root (proc_cgroup_show()).
const Cgroup& shown_cgroup(const System& system, const Task& task) {
  const bool ended = task.state == TaskState::zombie;
  return ended && system.hierarchy() == Hierarchy::v1 ? system.root_cgroup() : *task.cgroup;
}

const Cgroup* nearest_cpuset(const System& system, const Task& task) {
  if (system.hierarchy() == Hierarchy::none) return nullptr;
  const Cgroup* at = &shown_cgroup(system, task);
  while (at->removed || !at->has_cpuset)
    at = at->parent;
  return at;
}

Result<SystemCpus> ModelKernel::cpus() {
  const Call call(session_);
  SystemCpus cpus = session_.system.cpus();
  // Since Linux 6.7 the root has a list of them.
  if (session_.system.profile().partitions.value == Partitions::exclusive) return cpus;
  for (const Partition& partition : all_partitions(session_.system)) {
    if (partition.isolated) cpus.isolated |= partition.cpus;
  }
  return cpus;
}

Result<std::optional<CpusetLimit>> ModelKernel::cpuset(Tid tid) {
  const Call call(session_);
  const System& system = session_.system;
  const Task* task = system.find(call.caller(), tid.value());
  if (!task) return no_such_task("task", tid.value());
  const Cgroup* at = nearest_cpuset(system, *task);
  if (!at) return std::nullopt;
  while (at->parent && at->parent->has_cpuset && at->parent->effective == at->effective)
    at = at->parent;
  return limit_of(system, *at);
}

Result<std::vector<CpusetLevel>> ModelKernel::cpusets(Tid tid) {
  const Call call(session_);
  const System& system = session_.system;
  const Task* task = system.find(call.caller(), tid.value());
  if (!task) return no_such_task("task", tid.value());
  std::vector<CpusetLevel> levels;
  for (const Cgroup* at = nearest_cpuset(system, *task); at; at = at->parent) {
    if (!at->has_cpuset) continue;
    CpusetLevel level{.limit = limit_of(system, *at), .given_file = {}, .given = {}};
    if (system.hierarchy() == Hierarchy::v1 || !at->is_root()) {
      level.given_file = cpuset_file(system, *at, "cpuset.cpus");
      level.given = at->cpus;
    }
    levels.push_back(std::move(level));
  }
  return levels;
}

Result<std::vector<Partition>> ModelKernel::partitions() {
  const Call call(session_);
  return all_partitions(session_.system);
}

Result<std::vector<std::string>> ModelKernel::cgroups(Tid tid) {
  const Call call(session_);
  const System& system = session_.system;
  const Task* task = system.find(call.caller(), tid.value());
  if (!task) return no_such_task("task", tid.value());
  std::vector<std::string> paths;
  if (system.hierarchy() == Hierarchy::none) return paths;
  const Cgroup& cgroup = shown_cgroup(system, *task);
  paths.push_back(cgroup.path() + (cgroup.removed ? " (deleted)" : ""));
  return paths;
}

}  // namespace pinfold::model

// Memory policies: mm/mempolicy.c, as far as nodes go.
#include <bit>

#include "model/kernel.h"
#include "model/kernel_cpusets.h"

namespace pinfold::model {
namespace {

NodeSet first_of(const NodeSet& nodes) {
  const auto words = nodes.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == 0) continue;
    return {static_cast<unsigned>(i * NodeSet::word_bits) +
            static_cast<unsigned>(std::countr_zero(words[i]))};
  }
  return {};
}

}  // namespace

// cpuset_mems_allowed()
NodeSet System::mems_allowed(const Task& task) const {
  if (hierarchy() == Hierarchy::none) return nodes_;
  const Cgroup* at = &task.cgroup->governing();
  while (at->parent && at->effective_mems.empty())
    at = at->parent;
  return at->effective_mems;
}

Result<MemoryLimits> ModelKernel::memory_limits() {
  const Call call(session_);
  const System& system = session_.system;
  if (system.nodes().empty()) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "/sys/devices/system/node",
                 .reason = "it tells of no NUMA node"});
  }
  MemoryLimits limits{.present = system.nodes(),
                      .with_memory = system.nodes(),
                      .allowed = system.mems_allowed(call.caller()),
                      .cpuset = {}};
  const Cgroup* at = nearest_cpuset(system, call.caller());
  if (limits.allowed.contains(limits.with_memory) || !at) return limits;
  while (at->parent && at->parent->has_cpuset && at->parent->effective_mems == at->effective_mems)
    at = at->parent;
  if (at->effective_mems == limits.allowed) {
    const bool v1 = system.hierarchy() == Hierarchy::v1;
    limits.cpuset = CpusetNodes{
        .cgroup = at->path(),
        .file = cpuset_file(system, *at, v1 ? "cpuset.effective_mems" : "cpuset.mems.effective"),
        .nodes = at->effective_mems};
  }
  return limits;
}

Result<MemoryPolicy> ModelKernel::memory_policy() {
  const Call call(session_);
  const auto& policy = call.caller().memory_policy;
  return policy ? *policy : MemoryPolicy();
}

// get_nodes(), mpol_new(), mpol_set_nodemask(): nodes that the caller may not use are left out
// silently, unless none is left.
Result<void> ModelKernel::set_memory_policy(const MemoryPolicy& policy) {
  const Call call(session_);
  const System& system = session_.system;
  Task& caller = call.caller();
  const auto refused = [] {
    return fail({.kind = ErrorKind::system, .number = EINVAL, .text = "set_mempolicy"});
  };
  if (policy.nodes.words().size() > most_nodes / NodeSet::word_bits) return refused();
  NodeSet nodes = policy.nodes & system.nodes() & system.mems_allowed(caller);
  MemoryMode mode = policy.mode;
  if (mode == MemoryMode::other) mode = MemoryMode::standard;  // it cannot be asked for
  if (mode == MemoryMode::preferred && policy.nodes.empty()) mode = MemoryMode::local;
  const bool needs_nodes = mode != MemoryMode::standard && mode != MemoryMode::local;
  if (needs_nodes ? nodes.empty() : !policy.nodes.empty()) return refused();
  if (mode == MemoryMode::standard) {
    caller.memory_policy = nullptr;
    return {};
  }
  if (mode == MemoryMode::preferred) nodes = first_of(nodes);
  caller.memory_policy = std::make_unique<MemoryPolicy>(mode, std::move(nodes));
  return {};
}

}  // namespace pinfold::model

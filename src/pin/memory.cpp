#include "pin/memory.h"

#include <cerrno>
#include <utility>

#include "base/try.h"

namespace pinfold {
namespace {

// The kernel itself has no reason for EPERM: it is a filter's.
Error explain_call(Error error) {
  if (error.number == EPERM) {
    error.kind = ErrorKind::filtered;
    error.text += "(2)";
  } else if (error.number == ENOSYS) {
    error.kind = ErrorKind::unsupported;
    error.reason = "this kernel has no memory policies (CONFIG_NUMA), or a filter hides them";
  }
  return error;
}

// What changed since it was chosen, if that explains it.
std::vector<Error> unusable_now(Kernel& kernel, const NodeSet& asked, const std::string& task) {
  const auto limits = kernel.memory_limits();
  return limits ? unusable_nodes(asked, *limits, task) : std::vector<Error>();
}

std::string nodes_text(const NodeSet& nodes) {
  return (nodes.count() == 1 ? "node " : "nodes ") + to_node_list(nodes);
}

std::string note_of_all(const MemoryLimits& limits) {
  if (limits.usable() == limits.with_memory) return {};
  const std::string who = limits.cpuset ? "cgroup " + limits.cpuset->cgroup : "the cpuset";
  return "memory is on nodes " + to_node_list(limits.with_memory) + "; " + who + " allows " +
         to_node_list(limits.usable());
}

}  // namespace

std::vector<Error> unusable_nodes(const NodeSet& asked, const MemoryLimits& limits,
                                  const std::string& task) {
  std::vector<Error> errors;
  const auto add = [&](ErrorKind kind, const NodeSet& nodes, const NodeSet& limit) {
    if (nodes.empty()) return;
    errors.push_back(
        {.kind = kind, .task = task, .limit = to_node_list(limit), .text = to_node_list(nodes)});
  };
  add(ErrorKind::no_such_node, asked - limits.present, limits.present);
  add(ErrorKind::no_memory, (asked & limits.present) - limits.with_memory, limits.with_memory);
  add(ErrorKind::cpuset_nodes, (asked & limits.with_memory) - limits.allowed, limits.usable());
  if (!errors.empty() && errors.back().kind == ErrorKind::cpuset_nodes && limits.cpuset) {
    errors.back().owner = limits.cpuset->cgroup;
    errors.back().file = limits.cpuset->file;
  }
  return errors;
}

Result<MemoryChoice> choose_memory(Kernel& kernel, const MemoryWish& wish, Clip clip,
                                   const std::string& task) {
  // Whoever may not ask may not set either.
  if (auto now = kernel.memory_policy(); !now) return fail(explain_call(std::move(now).error()));
  MemoryChoice choice{.policy = {.mode = wish.mode}};
  if (wish.mode == MemoryMode::local) return choice;
  TRY(const MemoryLimits limits, kernel.memory_limits());
  const NodeSet usable = limits.usable();
  if (!wish.nodes) {
    choice.policy.nodes = usable;
    choice.note = note_of_all(limits);
    return choice;
  }
  choice.policy.nodes = *wish.nodes & usable;
  choice.dropped = unusable_nodes(*wish.nodes, limits, task);
  const bool some_left = !choice.policy.nodes.empty();
  if (choice.dropped.empty() || (clip == Clip::yes && some_left)) return choice;
  Error error = std::move(choice.dropped.front());
  error.clippable = some_left;
  return fail(std::move(error));
}

Result<void> set_and_read_back(Kernel& kernel, const MemoryPolicy& policy,
                               const std::string& task) {
  const auto set = kernel.set_memory_policy(policy);
  if (!set && set.error().number != EINVAL) return fail(explain_call(set.error()));
  MemoryPolicy now;
  if (set) {
    TRY(now, kernel.memory_policy());
    if (now == policy) return {};
  }
  if (auto reasons = unusable_now(kernel, policy.nodes, task); !reasons.empty()) {
    return fail(std::move(reasons.front()));
  }
  if (!set) return fail(set.error());
  return fail({.kind = ErrorKind::memory_policy,
               .task = task,
               .limit = describe(now),
               .text = describe(policy)});
}

std::string describe(const MemoryPolicy& policy) {
  switch (policy.mode) {
    case MemoryMode::local:
      return "from the node where it runs";
    case MemoryMode::preferred:
      return "preferably from " + nodes_text(policy.nodes);
    case MemoryMode::bind:
      return "bound to " + nodes_text(policy.nodes);
    case MemoryMode::interleave:
      return "interleaved over " + nodes_text(policy.nodes);
    case MemoryMode::standard:
      return "as the system gives it";
    case MemoryMode::other:
      break;
  }
  return "of a policy that is not known here";
}

}  // namespace pinfold

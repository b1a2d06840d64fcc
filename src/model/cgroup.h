// Cgroups, and the cpuset that each of them is: cpuset(7), Documentation/admin-guide/cgroup-v2.rst.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "machine/node_set.h"
#include "model/task.h"

namespace pinfold::model {

inline constexpr unsigned most_nodes = 1024;  // MAX_NUMNODES

enum class Hierarchy {
  none,  ///< no cpusets
  v1,
  v2,
};

/// cpuset.cpus.partition.
enum class PartitionKind : std::uint8_t {
  member,
  root,
  isolated,
};

/// A file that the cgroups of a hierarchy have, or some of them.
struct CgroupFile {
  enum class Where : std::uint8_t {
    everywhere,
    root,
    below,  ///< the root
  };
  enum class Of : std::uint8_t {
    every_cgroup,
    cpuset,     ///< where there is one
    exclusive,  ///< the same, since 6.7
  };

  std::string_view name;
  Where where = Where::everywhere;
  Of of = Of::every_cgroup;
  bool writable = false;
  /// What always stands in it, where the model knows nothing of what it is for.
  const char* constant = nullptr;
};

struct Cgroup {
  std::string name;      ///< "x"; empty for the root
  std::uint64_t id = 1;  ///< of all that there ever were; the root has 1
  Cgroup* parent = nullptr;
  std::vector<std::unique_ptr<Cgroup>> children;
  List<Task, &Task::in_cgroup> tasks;  ///< without zombies
  List<Task, &Task::in_cgroup> zombies;
  bool removed = false;  ///< rmdir(2) was here; it stays as long as zombies refer to it

  /// v2: its parent's cgroup.subtree_control has cpuset. Where it has not, the nearest cgroup above
  /// that has one is its tasks' cpuset.
  bool has_cpuset = true;
  bool gives_cpusets = false;  ///< v2: cpuset is in its own cgroup.subtree_control

  // The cpuset.
  CpuSet cpus;       ///< cpuset.cpus
  CpuSet effective;  ///< what its tasks may have
  NodeSet mems;
  NodeSet effective_mems;
  bool cpu_exclusive = false;

  // Partitions (v2).
  PartitionKind kind = PartitionKind::member;
  bool valid = true;                  ///< false: "root invalid", "isolated invalid"
  const char* invalid_why = nullptr;  ///< what the file says of it
  CpuSet exclusive;                   ///< cpuset.cpus.exclusive
  CpuSet effective_exclusive;
  CpuSet given_away;              ///< to partitions right below
  bool has_parents_cpus = false;  ///< v2: effective is its parent's, its own would be empty
  bool remote = false;            ///< a partition whose parent is none

  [[nodiscard]] bool is_root() const { return parent == nullptr; }
  [[nodiscard]] bool is_partition() const { return kind != PartitionKind::member; }
  [[nodiscard]] bool is_valid_partition() const { return is_partition() && valid; }
  /// "/a/b"; "/" for the root.
  [[nodiscard]] std::string path() const;
  /// Whether a task that is no zombie is in it or below it.
  [[nodiscard]] bool populated() const;
  /// v2: whether it has tasks, and what is below it is a domain of their threads only.
  [[nodiscard]] bool is_threads_root() const {
    return !is_root() && gives_cpusets && !tasks.empty();
  }
  /// v2: whether one above it is, and it can have no process.
  [[nodiscard]] bool below_threads() const;
  /// The cgroup whose cpuset counts for its tasks.
  [[nodiscard]] const Cgroup& governing() const;
  [[nodiscard]] Cgroup& governing();
  [[nodiscard]] Cgroup* child(std::string_view wanted) const;
};

/// Every cgroup at and below `at`, each before those inside it.
template <class AnyCgroup, class Function>
void for_each_below(AnyCgroup& at, Function&& function) {
  function(at);
  for (const auto& child : at.children)
    for_each_below(static_cast<AnyCgroup&>(*child), function);
}

/// Every task, zombies left out, whose cpuset is that of `at`.
template <class Function>
void for_each_governed(Cgroup& at, Function&& function) {
  for (Task& task : at.tasks)
    function(task);
  for (const auto& child : at.children) {
    if (!child->has_cpuset) for_each_governed(*child, function);
  }
}

}  // namespace pinfold::model

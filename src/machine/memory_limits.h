// What stands between a task and the memory of the machine's nodes.
#pragma once

#include <optional>
#include <string>

#include <pinfold/result.h>

#include "machine/node_set.h"
#include "machine/root.h"

namespace pinfold {

/// The nodes whose memory a cpuset cgroup leaves to a task.
struct CpusetNodes {
  std::string cgroup;  ///< the cgroup that says so, as in /proc/PID/cgroup: "/docker/9f3c"
  std::string file;    ///< where it says so
  NodeSet nodes;
};

struct MemoryLimits {
  NodeSet present;                    ///< the nodes that there are
  NodeSet with_memory;                ///< those that have memory
  NodeSet allowed;                    ///< Mems_allowed of proc_pid_status(5)
  std::optional<CpusetNodes> cpuset;  ///< who allows no more, where one can be seen that does

  [[nodiscard]] NodeSet usable() const { return with_memory & allowed; }
};

/// /sys/devices/system/node: `present` and `with_memory`; of `allowed`, nothing yet. Kind
/// `unsupported` where it tells of no node.
Result<MemoryLimits> read_memory_nodes(const Root& root);

}  // namespace pinfold

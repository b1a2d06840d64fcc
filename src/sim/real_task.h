// What the system under us says of a task that lives in a simulated machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/credentials.h"

namespace pinfold::sim {

struct RealTask {
  pid_t process = 0;
  pid_t parent = 0;
  std::string name;
  bool kernel_thread = false;
  bool bound_by_kernel = false;
  bool deadline = false;
  CpuSet allowed;
};

/// Nothing where there is no such task.
std::optional<RealTask> read_real_task(pid_t tid);

/// Whether there is such a task (a zombie is one), whoever it belongs to.
bool exists(pid_t tid);

/// comm; empty where it has ended.
std::string name_of(pid_t tid);

/// The pid namespace that the task is in, and its number there.
struct InNamespace {
  std::uint64_t space = 0;  ///< the inode of /proc/TID/ns/pid; 0: it cannot be told
  pid_t number = 0;
};
InNamespace in_namespace(pid_t tid);

/// Reads who tasks are, in the words of the model. User namespaces are told apart by their inodes,
/// and those below ours are known by their owners.
class CredentialReader {
 public:
  /// `first` is the namespace that we are in.
  explicit CredentialReader(std::shared_ptr<const model::UserNamespace> first)
      : first_(std::move(first)) {}

  /// Nothing where the task has ended.
  std::shared_ptr<const model::Credentials> read(pid_t tid);

 private:
  std::shared_ptr<const model::UserNamespace> space_of(pid_t tid);

  std::shared_ptr<const model::UserNamespace> first_;
  std::map<std::uint64_t, std::shared_ptr<const model::UserNamespace>> spaces_;
};

}  // namespace pinfold::sim

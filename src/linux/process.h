// A process by its folder in /proc.
#pragma once

#include <optional>
#include <vector>

#include "base/fd.h"
#include "kernel/kernel.h"

namespace pinfold {

/// Who stands first in /proc/PID/task: the leader. Nothing when the process has ended.
std::optional<Pid> first_listed(const Fd& tasks);

class LinuxProcess final : public Process {
 public:
  /// `tasks` is /proc/PID/task, opened; it names that process even when the number is reused.
  LinuxProcess(Pid pid, Fd tasks) : pid_(pid), tasks_(std::move(tasks)) {}

  Result<Listing> list() override;
  std::optional<std::size_t> count() override;
  Result<Task> task(Tid tid) override;
  Activity activity(Tid tid) override;
  Result<Held> hold(Tid tid) override;

 private:
  Pid pid_;
  Fd tasks_;
  std::vector<char> entries_;
};

}  // namespace pinfold

// What stands between a task and the CPUs of the machine.
#pragma once

#include <optional>

#include "kernel/kernel.h"

namespace pinfold {

struct Limits {
  SystemCpus cpus;
  std::optional<CpusetLimit> cpuset;

  /// Online, and left by the cpuset.
  [[nodiscard]] CpuSet usable() const;

  /// Whether `effective` is all that the task could have.
  [[nodiscard]] bool is_everything(const CpuSet& effective) const;

  /// What a task asks for that has no wish of its own: all possible CPUs but isolated ones,
  /// which it would get only because somebody once put it there.
  [[nodiscard]] CpuSet no_wish() const { return cpus.possible - cpus.isolated; }
};

Result<Limits> read_limits(Kernel& kernel, Tid tid);

/// What to ask for so that a task which had `effective` is as it was. Its request cannot be
/// read everywhere; where it had all that its cpuset allows, it most likely had no wish, and
/// asking for just those CPUs would keep it there when the cpuset grows.
CpuSet mask_to_put_back(const CpuSet& effective, const Limits& limits);

/// How people know a task: "nginx (1234)"; its number alone when it cannot be read.
std::string task_label(Kernel& kernel, Tid tid);
std::string task_label(const Task& task);

}  // namespace pinfold

#include "kernel/limits.h"

#include "base/terminal_text.h"
#include "base/try.h"

namespace pinfold {

Result<Limits> read_limits(Kernel& kernel, Tid tid) {
  Limits limits;
  TRY(limits.cpus, kernel.cpus());
  TRY(limits.cpuset, kernel.cpuset(tid));
  return limits;
}

CpuSet mask_to_put_back(const CpuSet& effective, const Limits& limits,
                        const std::optional<CpuSet>& request) {
  if (request && request->intersects(limits.usable())) return *request;
  return limits.is_everything(effective) ? limits.no_wish() : effective;
}

std::string task_label(const Task& task) {
  return safe_text(task.name) + " (" + std::to_string(task.tid.value()) + ')';
}

std::string task_label(Kernel& kernel, Tid tid) {
  const auto task = kernel.task(tid);
  return task ? task_label(*task) : std::to_string(tid.value());
}

}  // namespace pinfold

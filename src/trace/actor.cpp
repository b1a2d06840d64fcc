#include "trace/actor.h"

#include "base/file.h"
#include "machine/cgroup.h"
#include "trace/known_tasks.h"

namespace pinfold::trace {

std::optional<Actor> read_actor(Kernel& kernel, Tid tid) {
  if (tid == Tid()) return std::nullopt;  // would be us
  auto task = kernel.task(tid);
  if (!task) return std::nullopt;
  Actor actor{
      .pid = task->pid, .tid = tid, .start_time = task->start_time, .comm = std::move(task->name)};
  if (const auto credentials = kernel.credentials(tid)) actor.uid = credentials->real;
  KnownTasks().complete(actor);
  return actor;
}

std::optional<std::string> read_cpuset_cgroup(Tid tid) {
  const std::string file = "/proc/" + std::to_string(tid.value()) + "/cgroup";
  const auto text = read_file(file.c_str());
  if (!text) return std::nullopt;
  const auto cgroup = cpuset_cgroup(*text);
  if (!cgroup) return std::nullopt;
  return std::string(*cgroup);
}

}  // namespace pinfold::trace

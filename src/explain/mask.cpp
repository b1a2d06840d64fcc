// Why a mask is what it is: what is left when limits explain no more.
#include <string>

#include <pinfold/cpu_list.h>

#include "explain/case.h"
#include "explain/diagnose.h"
#include "kernel/limits.h"

namespace pinfold {
namespace {

std::string reset_command(const Task& task) {
  const bool leader = task.pid.leader() == task.tid;
  return "pinfold reset " + std::string(leader ? "" : "tid:") + std::to_string(task.tid.value());
}

// The ancestors that have the same mask: it was most likely set for the farthest and inherited
// from there.
std::string ancestors_with(Kernel& kernel, const Task& task, const CpuSet& mask) {
  std::string nearest;
  std::string farthest;
  for (Pid parent = task.parent; parent.value() > 0;) {
    const auto above = kernel.task(parent.leader());
    const auto theirs = kernel.allowed(parent.leader());
    if (!above || !theirs || *theirs != mask) break;
    (nearest.empty() ? nearest : farthest) = task_label(*above);
    parent = above->parent;
  }
  if (nearest.empty()) return {};
  return "its parent " + nearest + " has the same" +
         (farthest.empty() ? "" : ", and so up to " + farthest);
}

}  // namespace

void find_request(Case& about, const Diagnosis& found, const Question& question) {
  const CpuSet& allowed = found.allowed;
  const Task& task = about.task();
  const SystemCpus& cpus = about.facts().cpus();
  if (about.rest().empty()) return;
  if (task.bound_by_kernel) {
    about.take(
        {.kind = ConstraintKind::kernel_thread,
         .cpus = about.rest(),
         .limit = allowed,
         .by = "the kernel",
         .where = "PF_NO_SETAFFINITY in /proc/" + std::to_string(task.tid.value()) + "/stat"});
    return;
  }
  if (task.kernel_thread) {
    about.take({.kind = ConstraintKind::nohz_full,
                .cpus = about.rest() & cpus.nohz_full,
                .by = "nohz_full",
                .where = "/sys/devices/system/cpu/nohz_full",
                .lifts = "pinfold set " + to_cpu_list(allowed | (about.rest() & cpus.nohz_full)) +
                         " tid:" + std::to_string(task.tid.value())});
  } else {
    about.take(
        {.kind = ConstraintKind::isolated,
         .cpus = (about.rest() & cpus.isolcpus) - about.facts().isolated_by_partitions(),
         .by = "isolcpus",
         .where = "/sys/devices/system/cpu/isolated",
         .lifts = reset_command(task).insert(std::string("pinfold reset").size(), " --isolated")});
  }
  if (about.rest().empty()) return;
  Constraint request{.kind = ConstraintKind::request,
                     .takes = {},
                     .cpus = about.rest(),
                     .limit = allowed,
                     .where = "sched_setaffinity(2)",
                     .lifts = reset_command(task)};
  const std::optional<CpuSet>& asked = found.request;
  const bool says_it = asked && !asked->empty() && !asked->intersects(about.rest());
  if (says_it) request.limit = *asked;
  if (const auto origin = question.origin ? question.origin(task, allowed) : std::nullopt) {
    request.by = origin->by;
    request.where = origin->where;
    if (!origin->lifts.empty()) request.lifts = origin->lifts;
  } else if (!asked || says_it) {
    request.by = ancestors_with(about.kernel(), task, allowed);
  } else {
    request.by = asked->empty() ? "the kernel remembers nobody who asked for that"
                                : "the kernel narrowed it, asked for was " + to_cpu_list(*asked);
  }
  about.take(std::move(request));
}

}  // namespace pinfold

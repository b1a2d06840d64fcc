// What is in the way because of what the task is, and whose.
#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "base/user.h"
#include "explain/case.h"
#include "kernel/permission.h"

namespace pinfold {
namespace {

// Adds constraints that have all CPUs or none: a set is done or refused.
class Refusals {
 public:
  Refusals(Case& about, bool has_it) : about_(about), has_it_(has_it) {}

  // Of several, the first takes the CPUs; the others would hold as well.
  void add(Constraint constraint) {
    if (has_it_ || about_.rest().empty()) {
      constraint.cpus = asked_;
      about_.remark(std::move(constraint));
      return;
    }
    constraint.cpus = asked_ = about_.rest();
    about_.take(std::move(constraint));
  }

 private:
  Case& about_;
  bool has_it_;
  CpuSet asked_ = about_.rest();
};

Result<void> find_permission(Case& about, Refusals& refusals) {
  Kernel& kernel = about.kernel();
  const Tid tid = about.task().tid;
  TRY(const Credentials own, kernel.credentials(Tid()));
  TRY(const Credentials task, kernel.credentials(tid));
  const SetRule rule = rule_against(own, task);
  if (rule == SetRule::none) return {};
  TRY(const bool anybody, kernel.may_set_anybody(tid));
  if (anybody) return {};
  const bool root = own.effective == 0;  // and yet without the capability, as in containers
  const std::string capability = "CAP_SYS_NICE";
  if (rule == SetRule::other_user) {
    const std::string owner = user_name(task.effective);
    const std::string users = task.effective == 0 ? "root" : owner + " or root";
    refusals.add({.kind = ConstraintKind::permission,
                  .by = owner,
                  .where = "sched_setaffinity(2): the caller must have the task's user, or " +
                           capability + " in its user namespace",
                  .lifts = root ? "give the container or the service " + capability
                                : "run as " + users + ", or with " + capability});
    return {};
  }
  refusals.add({.kind = ConstraintKind::capabilities,
                .by = capability_list(capabilities_beyond(own, task)),
                .where = "security/commoncap.c: no capability may be permitted to the task that is "
                         "not to the caller, unless it has " +
                         capability,
                .lifts = root ? "give the container or the service " + capability
                              : "run as root, or with " + capability});
  return {};
}

// Where a deadline task runs is where its bandwidth was admitted: the CPUs of its root domain, to
// which isolated CPUs do not belong.
CpuSet root_domain(const CpuSet& allowed, Facts& facts) {
  const CpuSet balanced = allowed - facts.cpus().isolcpus - facts.isolated_by_partitions();
  return balanced.empty() ? allowed : balanced;
}

}  // namespace

void find_arch(Case& about, std::optional<bool> runs_32_bit) {
  const auto& able = about.facts().cpus().aarch32;
  if (!able || runs_32_bit != true) return;
  about.take({.kind = ConstraintKind::arch,
              .cpus = about.rest() - *able,
              .limit = *able,
              .by = "the CPUs, which have no 32-bit mode",
              .where = "/sys/devices/system/cpu/aarch32_el0",
              .lifts = "run a 64-bit build of the program"});
}

Result<void> find_refusals(Case& about, const CpuSet& allowed, const CpuSet& asked) {
  const Task& task = about.task();
  const bool has_it = allowed == asked;
  Refusals refusals(about, has_it);
  if (task.bound_by_kernel) {
    refusals.add(
        {.kind = ConstraintKind::kernel_thread,
         .limit = allowed,
         .by = "the kernel",
         .where = "PF_NO_SETAFFINITY in /proc/" + std::to_string(task.tid.value()) + "/stat"});
    return {};  // nobody may, so it does not matter who asks
  }
  CHECK_OK(find_permission(about, refusals));
  if (!task.deadline || !about.kernel().deadline_admission()) return {};
  const CpuSet span = root_domain(allowed, about.facts());
  if (asked.contains(span)) return {};
  refusals.add({.kind = ConstraintKind::deadline,
                .limit = span,
                .by = "SCHED_DEADLINE",
                .where = "sched(7), SCHED_DEADLINE: admission is for all CPUs of the root domain",
                .lifts = "chrt --other -p 0 " + std::to_string(task.tid.value())});
  return {};
}

}  // namespace pinfold

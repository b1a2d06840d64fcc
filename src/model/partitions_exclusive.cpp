#include "model/partitions_exclusive.h"

#include <cerrno>
#include <utility>

namespace pinfold::model {
namespace {

constexpr const char* wrong_cpus = "Invalid cpu list in cpuset.cpus.exclusive";
constexpr const char* no_list = "cpuset.cpus and cpuset.cpus.exclusive are empty";
constexpr const char* housekeeping = "partition config conflicts with housekeeping setup";
constexpr const char* remote_below = "Have remote partition underneath";

}  // namespace

ExclusiveRules::ExclusiveRules(System& system) : CpusetV2Rules(system) {
  top().effective_exclusive = system.possible();
}

bool ExclusiveRules::conflicts(const Change& change, const Cgroup& beside) const {
  const bool own = !change.exclusive->empty();
  const bool other = !beside.exclusive.empty();
  if (change.cpu_exclusive || beside.cpu_exclusive || (own && other)) {
    return (own ? change.exclusive : change.cpus)->intersects(claims(beside));
  }
  // Exclusive CPUs must leave something of what the other one has in cpuset.cpus.
  if (own) return !beside.cpus.empty() && change.exclusive->contains(beside.cpus);
  if (other) return !change.cpus->empty() && beside.exclusive.contains(*change.cpus);
  return false;
}

CpuSet ExclusiveRules::without_those_beside(const Cgroup& cpuset, CpuSet cpus) const {
  for_each_child(*cpuset.parent, [&](const Cgroup& beside) {
    if (&beside == &cpuset) return;
    cpus -= cpus.intersects(beside.exclusive) ? beside.exclusive : beside.effective_exclusive;
  });
  return cpus;
}

CpuSet ExclusiveRules::grantable(const Cgroup& cpuset) const {
  const CpuSet own = claims_in_parent(cpuset);
  return cpuset.exclusive.empty() ? without_those_beside(cpuset, own) : own;
}

// tasks_nocpu_error()
bool ExclusiveRules::leaves_tasks_without(const Cgroup& parent, const Cgroup& cpuset,
                                          const CpuSet& cpus) const {
  return (cpus.contains(parent.effective) && has_tasks(parent, &cpuset)) ||
         (!cpus.intersects(active()) && has_tasks(cpuset, nullptr));
}

// prstate_housekeeping_conflict(): CPUs of isolcpus= stay isolated.
bool ExclusiveRules::breaks_housekeeping(const Cgroup& cpuset, const CpuSet& cpus) const {
  const bool isolated = cpuset.kind == PartitionKind::isolated && cpuset.valid;
  return !isolated && cpus.intersects(system().isolated_at_boot());
}

const char* ExclusiveRules::error_of(const Cgroup& cpuset, const Trial& trial,
                                     bool empty_is_wrong) const {
  if (!cpuset.is_partition()) return nullptr;
  const CpuSet& cpus = trial.effective_exclusive;
  if (empty_is_wrong && cpus.empty()) return wrong_cpus;
  if (breaks_housekeeping(cpuset, cpus)) return housekeeping;
  if (leaves_tasks_without(*cpuset.parent, cpuset, cpus)) return PartitionError::no_cpus;
  return nullptr;
}

int ExclusiveRules::check_trial(const Cgroup& cpuset, const Trial& trial) const {
  Change change = unchanged(cpuset);
  change.cpus = &trial.cpus;
  change.exclusive = &trial.exclusive;
  return check(cpuset, change);
}

void ExclusiveRules::take(Cgroup& from, const CpuSet& cpus) {
  if (from.is_root()) in_partitions() |= cpus;
  from.effective -= cpus;
}

void ExclusiveRules::give_back(Cgroup& to, const CpuSet& cpus) {
  if (to.is_root()) in_partitions() -= cpus;
  to.effective |= cpus & active();
}

bool ExclusiveRules::set_exclusive_flag(Cgroup& cpuset, bool exclusive) {
  return cpuset.cpu_exclusive == exclusive || write_cpu_exclusive(cpuset, exclusive) == 0;
}

// reset_partition_data()
void ExclusiveRules::reset(Cgroup& cpuset) {
  if (cpuset.exclusive.empty()) {
    cpuset.effective_exclusive.clear();
    cpuset.cpu_exclusive = false;
  }
  cpuset.effective = cpuset.cpus & cpuset.parent->effective;
  if (cpuset.effective.empty()) cpuset.effective = cpuset.parent->effective;
}

// partcmd_enable of update_parent_effective_cpumask()
const char* ExclusiveRules::error_of_enabling(const Cgroup& cpuset) const {
  const CpuSet own = grantable(cpuset);
  if (own.empty()) return wrong_cpus;
  // Also for one that shall be isolated: what it was before is looked at.
  if (own.intersects(system().isolated_at_boot())) return housekeeping;
  if (leaves_tasks_without(*cpuset.parent, cpuset, own)) return PartitionError::no_cpus;
  return nullptr;
}

ExclusiveRules::Exchange ExclusiveRules::after_write(const Cgroup& cpuset,
                                                     const CpuSet& cpus) const {
  const Cgroup& parent = *cpuset.parent;
  const CpuSet& own = claims(cpuset);
  if (cpus.empty()) return {.taken = {}, .returned = {}, .error = no_list};
  Exchange exchange;
  if (!cpuset.valid) {
    exchange.taken = cpus & parent.effective_exclusive;
  } else {
    exchange.taken = (cpus - own) & parent.effective_exclusive;
    exchange.returned = (own - cpus) & parent.effective_exclusive;
  }
  const bool without =
      leaves_tasks_without(parent, cpuset, own) || leaves_tasks_without(parent, cpuset, cpus);
  if (without && !exchange.returned.intersects(active())) {
    return {.taken = {}, .returned = claims_in_parent(cpuset), .error = PartitionError::no_cpus};
  }
  return exchange;
}

ExclusiveRules::Exchange ExclusiveRules::after_other_changes(const Cgroup& cpuset) const {
  const Cgroup& parent = *cpuset.parent;
  const CpuSet& own = claims(cpuset);
  if (leaves_tasks_without(parent, cpuset, own)) {
    return {.taken = {},
            .returned = cpuset.valid ? claims_in_parent(cpuset) : CpuSet(),
            .error = PartitionError::no_cpus};
  }
  Exchange exchange;
  if (cpuset.valid || own.empty() || !parent.effective_exclusive.contains(own)) return exchange;
  for_each_child(parent, [&](const Cgroup& beside) {
    if (&beside != &cpuset && claims(beside).intersects(own)) {
      exchange.error = PartitionError::not_exclusive;
    }
  });
  if (!exchange.error) exchange.taken = own & parent.effective;
  return exchange;
}

// update_parent_effective_cpumask()
const char* ExclusiveRules::update_parent(Cgroup& cpuset, Command command, const CpuSet* new_cpus) {
  Cgroup& parent = *cpuset.parent;
  Exchange exchange;
  bool valid = cpuset.valid;
  if (command == Command::invalidate) {
    if (!cpuset.valid) return nullptr;
    if (parent.is_valid_partition()) exchange.returned = claims_in_parent(cpuset);
    valid = !cpuset.is_partition();
  } else {
    if (!parent.is_valid_partition()) {
      return parent.is_partition() ? PartitionError::parent_invalid : PartitionError::parent_member;
    }
    if (!new_cpus && claims(cpuset).empty()) return no_list;
    switch (command) {
      case Command::enable:
        if (const char* error = error_of_enabling(cpuset)) return error;
        exchange.taken = grantable(cpuset);
        break;
      case Command::disable:
        if (cpuset.is_valid_partition()) exchange.returned = cpuset.effective_exclusive;
        cpuset.kind = PartitionKind::member;
        valid = true;
        break;
      default:
        exchange = new_cpus ? after_write(cpuset, *new_cpus) : after_other_changes(cpuset);
        valid = exchange.error == nullptr;
        break;
    }
  }
  if (exchange.error) cpuset.invalid_why = exchange.error;
  const bool moves = !exchange.taken.empty() || !exchange.returned.empty();
  if (!moves && valid == cpuset.valid) return nullptr;
  if (command == Command::invalidate) set_exclusive_flag(cpuset, false);
  const bool changed = valid != cpuset.valid;
  cpuset.valid = valid;
  if (!exchange.returned.empty()) give_back(parent, exchange.returned);
  if (!exchange.taken.empty()) take(parent, exchange.taken);
  if (moves) {
    update_tasks(parent);
    update_beside(parent, &cpuset);
  }
  if (changed && command == Command::update) set_exclusive_flag(cpuset, valid);
  if (changed && valid) cpuset.invalid_why = nullptr;
  return nullptr;
}

// compute_partition_effective_cpumask()
CpuSet ExclusiveRules::effective_of_partition(Cgroup& cpuset) {
  CpuSet now = grantable(cpuset) & active();
  for_each_child(cpuset, [&](Cgroup& child) {
    if (!child.is_valid_partition()) return;
    const char* error = nullptr;
    child.invalid_why = nullptr;
    if (!cpuset.effective_exclusive.contains(child.effective_exclusive)) {
      error = wrong_cpus;
    } else if (child.effective_exclusive.contains(now) && has_tasks(cpuset, nullptr)) {
      error = PartitionError::no_cpus;
    }
    if (error) {
      make_invalid(child, error);
    } else {
      now -= child.effective_exclusive;
    }
  });
  return now;
}

// update_cpumasks_hier()
bool ExclusiveRules::update_one(Cgroup& cpuset, bool first, bool force) {
  if (cpuset.is_root()) return true;
  const Cgroup& parent = *cpuset.parent;
  const bool partition_before = cpuset.is_partition();
  bool remote = cpuset.remote;
  if (remote && !first) {
    const CpuSet own = grantable(cpuset);
    if (own == cpuset.effective_exclusive) return false;
    const bool valid_before = cpuset.valid;
    update_remote(cpuset, own);
    remote = cpuset.is_partition() && cpuset.valid == valid_before;
  }
  now_ = remote || (parent.is_valid_partition() && cpuset.is_valid_partition())
             ? effective_of_partition(cpuset)
             : cpuset.cpus & parent.effective;
  if (!remote) {
    bool tell_parent = cpuset.is_valid_partition() && now_.empty();
    if (!tell_parent) {
      if (now_.empty()) now_ = parent.effective;
      if (!cpuset.is_partition() && !force && now_ == cpuset.effective) return false;
    }
    bool valid = cpuset.valid;
    if (!first && partition_before) {
      if (parent.is_valid_partition()) {
        tell_parent = true;
      } else {
        if (cpuset.is_partition()) valid = false;
        cpuset.invalid_why =
            parent.is_partition() ? PartitionError::parent_invalid : PartitionError::parent_member;
      }
    }
    if (tell_parent) {
      update_parent(cpuset, Command::update, nullptr);
      valid = cpuset.valid;
    }
    cpuset.valid = valid;
  }
  cpuset.effective = now_;
  if (!cpuset.exclusive.empty() && !first) cpuset.effective_exclusive = grantable(cpuset);
  if (cpuset.is_valid_partition()) {
    if (cpuset.exclusive.empty()) cpuset.effective_exclusive = claims_in_parent(cpuset);
  } else if (cpuset.is_partition()) {
    reset(cpuset);
  }
  update_tasks(cpuset);
  return true;
}

// update_sibling_cpumasks()
void ExclusiveRules::update_beside(Cgroup& parent, const Cgroup* but) {
  for_each_child(parent, [&](Cgroup& beside) {
    if (&beside == but) return;
    if (beside.is_valid_partition()) {
      if (beside.remote) return;
    } else {
      now_ = beside.cpus & parent.effective;
      if (now_ == beside.effective) return;
    }
    update_below(beside, false);
  });
}

// update_cpumask()
int ExclusiveRules::write_cpus(Cgroup& cpuset, const CpuSet& cpus) {
  if (!top().cpus.contains(cpus)) return -EINVAL;
  if (cpuset.cpus == cpus) return 0;
  const bool was_valid = cpuset.is_valid_partition();
  Trial trial{.cpus = cpus,
              .exclusive = cpuset.exclusive,
              .effective_exclusive = cpuset.effective_exclusive};
  if (cpus.empty()) {
    if (trial.exclusive.empty()) trial.effective_exclusive.clear();
  } else if (!trial.exclusive.empty() || was_valid) {
    trial.effective_exclusive =
        without_those_beside(cpuset, trial.claims() & cpuset.parent->effective_exclusive);
  }
  const char* error = error_of(cpuset, trial, was_valid);
  if (error) cpuset.invalid_why = error;
  bool invalidate = error != nullptr;
  const bool force = cpuset.effective_exclusive != trial.effective_exclusive;
  const int refused = check_trial(cpuset, trial);
  if (refused == -EINVAL) {
    // Who wants CPUs of a partition gets them, and the partition becomes invalid.
    invalidate = true;
    for_each_child(*cpuset.parent, [&](Cgroup& beside) {
      if (beside.is_valid_partition() && beside.effective_exclusive.intersects(trial.claims())) {
        update_parent(beside, Command::invalidate, nullptr);
      }
    });
  } else if (refused != 0) {
    return refused;
  }
  if (cpuset.is_valid_partition() || (cpuset.is_partition() && !invalidate)) {
    const bool all = trial.effective_exclusive.empty() && !cpuset.valid;
    const CpuSet own = all ? trial.cpus : trial.effective_exclusive;
    if (cpuset.remote) {
      update_remote(cpuset, own);
    } else if (invalidate) {
      update_parent(cpuset, Command::invalidate, nullptr);
    } else {
      update_parent(cpuset, Command::update, &own);
    }
  }
  cpuset.cpus = cpus;
  cpuset.effective_exclusive = trial.effective_exclusive;
  if (was_valid && !cpuset.is_valid_partition()) reset(cpuset);
  update_below(cpuset, force);
  return 0;
}

// update_exclusive_cpumask()
int ExclusiveRules::write_exclusive(Cgroup& cpuset, const CpuSet& cpus) {
  if (cpuset.exclusive == cpus) return 0;
  const bool was_valid = cpuset.is_valid_partition();
  const Trial trial{.cpus = cpuset.cpus,
                    .exclusive = cpus,
                    .effective_exclusive = cpus & cpuset.parent->effective_exclusive};
  if (without_those_beside(cpuset, trial.effective_exclusive) != trial.effective_exclusive) {
    return -EINVAL;
  }
  const bool force = cpuset.effective_exclusive != trial.effective_exclusive;
  if (const int refused = check_trial(cpuset, trial); refused != 0) return refused;
  if (cpuset.is_partition()) {
    const char* error = error_of(cpuset, trial, true);
    if (error) cpuset.invalid_why = error;
    if (cpuset.remote) {
      if (error) {
        disable_remote(cpuset);
      } else {
        update_remote(cpuset, trial.effective_exclusive, &trial.exclusive);
      }
    } else if (error) {
      update_parent(cpuset, Command::invalidate, nullptr);
    } else {
      update_parent(cpuset, Command::update, &trial.effective_exclusive);
    }
  }
  cpuset.exclusive = cpus;
  cpuset.effective_exclusive = trial.effective_exclusive;
  if (was_valid && !cpuset.is_valid_partition()) reset(cpuset);
  if (cpuset.is_valid_partition() || force) update_below(cpuset, force);
  return 0;
}

// update_prstate()
int ExclusiveRules::write_partition(Cgroup& cpuset, PartitionKind kind) {
  if (cpuset.kind == kind && cpuset.valid) return 0;
  const char* error = nullptr;
  if (kind == PartitionKind::member) {
    set_exclusive_flag(cpuset, false);
    if (cpuset.remote) {
      disable_remote(cpuset);
    } else {
      update_parent(cpuset, Command::disable, nullptr);
    }
  } else if (!set_exclusive_flag(cpuset, true)) {
    error = PartitionError::not_exclusive;
  } else if (!cpuset.is_valid_partition()) {
    error = enable(cpuset, kind);
  }
  if (error) set_exclusive_flag(cpuset, false);
  cpuset.kind = kind;
  cpuset.valid = error == nullptr;
  cpuset.invalid_why = error;
  if (!cpuset.is_valid_partition()) reset(cpuset);
  update_below(cpuset, kind == PartitionKind::member);
  return 0;
}

const char* ExclusiveRules::enable(Cgroup& cpuset, PartitionKind kind) {
  if (claims(cpuset).empty()) return no_list;
  if (cpuset.parent->is_root() && cpuset.exclusive.intersects(in_partitions())) return remote_below;
  if (!cpuset.parent->is_valid_partition()) return enable_remote(cpuset);
  cpuset.kind = kind;
  cpuset.valid = true;
  return update_parent(cpuset, Command::enable, nullptr);
}

// remote_partition_enable()
const char* ExclusiveRules::enable_remote(Cgroup& cpuset) {
  const CpuSet own = grantable(cpuset);
  if (own.empty() || own.contains(top().effective)) return wrong_cpus;
  take(top(), own);
  cpuset.remote = true;
  cpuset.effective_exclusive = own;
  update_tasks(top());
  update_beside(top(), nullptr);
  return nullptr;
}

// remote_partition_disable()
void ExclusiveRules::disable_remote(Cgroup& cpuset) {
  cpuset.remote = false;
  give_back(top(), cpuset.effective_exclusive);
  if (cpuset.invalid_why) {
    cpuset.valid = !cpuset.valid;
  } else {
    cpuset.kind = PartitionKind::member;
    cpuset.valid = true;
  }
  cpuset.effective_exclusive = grantable(cpuset);
  reset(cpuset);
  update_tasks(top());
  update_beside(top(), nullptr);
}

// remote_cpus_update()
void ExclusiveRules::update_remote(Cgroup& cpuset, const CpuSet& cpus, const CpuSet* exclusive) {
  if (cpus.empty()) {
    cpuset.invalid_why = no_list;
    return disable_remote(cpuset);
  }
  const CpuSet more = cpus - cpuset.effective_exclusive;
  const CpuSet less = cpuset.effective_exclusive - cpus;
  if (!more.empty()) {
    if (more.intersects(in_partitions()) || more.contains(top().effective)) {
      cpuset.invalid_why = PartitionError::no_cpus;
    }
    if (cpuset.invalid_why) return disable_remote(cpuset);
  }
  take(top(), more);
  give_back(top(), less);
  cpuset.effective_exclusive = cpus;
  if (exclusive) cpuset.exclusive = *exclusive;
  update_tasks(top());
  update_beside(top(), nullptr);
}

// cpuset_hotplug_update_tasks()
void ExclusiveRules::follow_active_cpus(Cgroup& cpuset) {
  const Cgroup& parent = *cpuset.parent;
  CpuSet now = cpuset.cpus & parent.effective;
  if (cpuset.is_partition()) {
    if (cpuset.remote || (cpuset.is_valid_partition() && parent.is_valid_partition())) {
      now = effective_of_partition(cpuset);
    }
    // Where partitions had all that is left, nobody has anything exclusively any longer.
    const bool all_end = in_partitions().empty();
    if (cpuset.remote && (all_end || (now.empty() && has_tasks(cpuset, nullptr)))) {
      cpuset.invalid_why = PartitionError::hotplug;
      disable_remote(cpuset);
      now = cpuset.cpus & parent.effective;
    }
    bool again = false;
    if (!cpuset.remote && cpuset.is_valid_partition() &&
        (!parent.is_valid_partition() || leaves_tasks_without(parent, cpuset, now) || all_end)) {
      update_parent(cpuset, Command::invalidate, nullptr);
      again = true;
    } else if (!cpuset.remote && parent.is_valid_partition() && !cpuset.valid &&
               !cpuset.effective_exclusive.empty()) {
      update_parent(cpuset, Command::update, nullptr);
      again = cpuset.is_valid_partition();
    }
    if (again) now = effective_of_partition(cpuset);
  }
  const bool changes = now != cpuset.effective;
  // One without cpuset.mems seems to change always.
  if (!changes && (cpuset.mems & parent.effective_mems) == cpuset.effective_mems) return;
  if (now.empty() && !cpuset.is_valid_partition()) now = parent.effective;
  cpuset.effective = now;
  if (changes) update_tasks(cpuset);
}

}  // namespace pinfold::model

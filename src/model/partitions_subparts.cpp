#include "model/partitions_subparts.h"

#include <cerrno>
#include <utility>

namespace pinfold::model {
namespace {

constexpr const char* wrong_cpus = "Invalid cpu list in cpuset.cpus";
constexpr const char* no_list = "cpuset.cpus is empty";

}  // namespace

// The root's share is what its tasks have not.
void SubpartsRules::set_given_away(Cgroup& cpuset, CpuSet cpus) {
  cpuset.given_away = std::move(cpus);
  if (cpuset.is_root()) in_partitions() = cpuset.given_away;
}

// compute_effective_cpumask(): what the parent has given to partitions counts, because it may be
// this one that has it.
CpuSet SubpartsRules::effective_in(const Cgroup& cpuset, const CpuSet& cpus) const {
  const Cgroup& parent = *cpuset.parent;
  if (parent.given_away.empty()) return cpus & parent.effective;
  return (parent.effective | parent.given_away) & cpus & active();
}

SubpartsRules::Exchange SubpartsRules::after_write(const Cgroup& cpuset, const CpuSet& cpus,
                                                   const CpuSet& active) {
  const Cgroup& parent = *cpuset.parent;
  Exchange exchange{.taken = (cpus & parent.cpus) - parent.given_away,
                    .returned = (cpuset.cpus - cpus) & parent.given_away};
  if (!exchange.taken.empty() && exchange.taken.contains(parent.effective) &&
      !exchange.returned.intersects(active) && has_tasks(parent, &cpuset)) {
    exchange = {
        .taken = {}, .returned = cpuset.cpus & parent.given_away, .error = PartitionError::no_cpus};
  }
  return exchange;
}

SubpartsRules::Exchange SubpartsRules::after_other_changes(const Cgroup& cpuset) {
  const Cgroup& parent = *cpuset.parent;
  Exchange exchange{.taken = (cpuset.cpus & parent.cpus) - parent.given_away, .returned = {}};
  const bool valid = cpuset.is_valid_partition();
  if ((valid && parent.given_away.empty()) ||
      (!exchange.taken.empty() && exchange.taken.contains(parent.effective) &&
       has_tasks(parent, &cpuset))) {
    exchange.taken.clear();
    exchange.error = PartitionError::no_cpus;
  }
  if (exchange.error && valid) exchange.returned = cpuset.cpus & parent.given_away;
  return exchange;
}

// update_parent_subparts_cpumask()
const char* SubpartsRules::update_parent(Cgroup& cpuset, Command command, const CpuSet* new_cpus) {
  Cgroup& parent = *cpuset.parent;
  if (!parent.is_valid_partition()) {
    return parent.is_partition() ? PartitionError::parent_invalid : PartitionError::parent_member;
  }
  if ((new_cpus ? *new_cpus : cpuset.cpus).empty()) return no_list;

  Exchange exchange;
  bool valid = cpuset.valid;
  switch (command) {
    case Command::enable:
      if (!cpuset.cpus.intersects(parent.cpus)) return wrong_cpus;
      if (cpuset.cpus.contains(parent.effective) && has_tasks(parent, &cpuset)) {
        return PartitionError::no_cpus;
      }
      exchange.taken = cpuset.cpus;
      break;
    case Command::disable:
      if (cpuset.valid) exchange.returned = cpuset.cpus & parent.given_away;
      break;
    case Command::invalidate:
      if (!cpuset.valid) return nullptr;
      exchange.returned = cpuset.cpus & parent.given_away;
      if (cpuset.is_partition()) {
        valid = false;
        exchange.error = PartitionError::not_exclusive;
      }
      break;
    case Command::update:
      exchange = new_cpus ? after_write(cpuset, *new_cpus, active()) : after_other_changes(cpuset);
      valid = exchange.error == nullptr;
      break;
  }
  if (exchange.error) cpuset.invalid_why = exchange.error;
  const bool moves = !exchange.taken.empty() || !exchange.returned.empty();
  if (!moves && valid == cpuset.valid) return nullptr;

  if (valid != cpuset.valid) {
    if (valid && !cpuset.cpu_exclusive && write_cpu_exclusive(cpuset, true) < 0) {
      return PartitionError::not_exclusive;
    }
    if (!valid && cpuset.cpu_exclusive) write_cpu_exclusive(cpuset, false);
  }
  parent.effective -= exchange.taken;
  set_given_away(parent, (parent.given_away | exchange.taken) - exchange.returned);
  parent.effective |= exchange.returned & active();
  cpuset.valid = valid;
  if (moves) update_tasks(parent);
  return nullptr;
}

bool SubpartsRules::update_one(Cgroup& cpuset, bool first, bool force) {
  const Cgroup& parent = *cpuset.parent;
  CpuSet now = effective_in(cpuset, cpuset.cpus);
  bool decided = false;  // a partition that has given everything away has nothing, and may
  if (now.empty()) {
    decided = cpuset.is_valid_partition() && cpuset.cpus == cpuset.given_away;
    if (!decided) {
      now = parent.effective;
      cpuset.has_parents_cpus = true;
    }
  } else {
    cpuset.has_parents_cpus = false;
  }
  if (!decided && !cpuset.is_partition() && !force && now == cpuset.effective) return false;

  bool valid = cpuset.valid;
  if (!first && cpuset.is_partition()) {
    if (parent.is_valid_partition()) {
      update_parent(cpuset, Command::update, nullptr);
      valid = cpuset.valid;
    } else {
      valid = false;
      cpuset.invalid_why =
          parent.is_partition() ? PartitionError::parent_invalid : PartitionError::parent_member;
    }
  }
  if (!cpuset.given_away.empty() && !cpuset.is_valid_partition()) {
    now = (now | cpuset.given_away) & active();
    set_given_away(cpuset, {});
  }
  cpuset.effective = now - cpuset.given_away;
  cpuset.valid = valid;
  update_tasks(cpuset);
  return true;
}

void SubpartsRules::update_beside(const Cgroup& cpuset) {
  for_each_child(*cpuset.parent, [&](Cgroup& beside) {
    if (&beside != &cpuset && beside.has_parents_cpus) update_below(beside, false);
  });
}

// update_cpumask()
int SubpartsRules::write_cpus(Cgroup& cpuset, const CpuSet& cpus) {
  if (!top().cpus.contains(cpus)) return -EINVAL;
  if (cpuset.cpus == cpus) return 0;
  const int refused = check_cpus(cpuset, cpus);
  // Who wants CPUs of a partition gets them, and the partition becomes invalid.
  const bool invalidate = refused == -EINVAL;
  if (refused != 0 && !invalidate) return refused;
  if (invalidate) {
    for_each_child(*cpuset.parent, [&](Cgroup& beside) {
      if (beside.is_valid_partition() && beside.cpus.intersects(cpus)) {
        update_parent(beside, Command::invalidate, nullptr);
      }
    });
  }
  if (cpuset.is_partition()) {
    if (invalidate) {
      update_parent(cpuset, Command::invalidate, nullptr);
    } else {
      update_parent(cpuset, Command::update, &cpus);
    }
  }
  const CpuSet effective = effective_in(cpuset, cpus);
  cpuset.cpus = cpus;
  if (!cpuset.given_away.empty()) {
    const bool nothing_left = cpuset.given_away.contains(effective) && has_tasks(cpuset, nullptr);
    const bool stays = cpuset.is_valid_partition() && !nothing_left;
    set_given_away(cpuset, stays ? cpuset.given_away & cpus : CpuSet());
  }
  update_below(cpuset, false);
  if (cpuset.is_partition()) update_beside(cpuset);
  return 0;
}

// update_prstate()
int SubpartsRules::write_partition(Cgroup& cpuset, PartitionKind kind) {
  const bool was_partition = cpuset.is_partition();
  if (cpuset.kind == kind && cpuset.valid) return 0;
  if (kind != PartitionKind::member && was_partition && !cpuset.valid) {
    cpuset.kind = kind;
    return 0;
  }
  const char* error = nullptr;
  bool masks_change = true;
  if (!was_partition) {
    if (cpuset.cpus.empty()) {
      error = no_list;
    } else if (write_cpu_exclusive(cpuset, true) != 0) {
      error = PartitionError::not_exclusive;
    } else {
      error = update_parent(cpuset, Command::enable, nullptr);
      if (error) write_cpu_exclusive(cpuset, false);
    }
  } else if (kind != PartitionKind::member) {
    masks_change = false;
  } else {
    update_parent(cpuset, Command::disable, nullptr);
    if (!cpuset.given_away.empty()) {
      set_given_away(cpuset, {});
      cpuset.effective = effective_in(cpuset, cpuset.cpus);
    }
    write_cpu_exclusive(cpuset, false);
  }
  if (masks_change && !error) {
    update_tasks(*cpuset.parent);
    update_beside(cpuset);
  }
  cpuset.kind = kind;
  cpuset.valid = error == nullptr;
  if (error) cpuset.invalid_why = error;
  // Children without a cpuset of their own do not count.
  bool has_below = false;
  for_each_child(cpuset, [&](const Cgroup&) { has_below = true; });
  if (has_below) update_below(cpuset, kind == PartitionKind::member);
  return 0;
}

// cpuset_hotplug_update_tasks()
void SubpartsRules::follow_active_cpus(Cgroup& cpuset) {
  const Cgroup& parent = *cpuset.parent;
  CpuSet now = effective_in(cpuset, cpuset.cpus) - cpuset.given_away;
  if (cpuset.is_partition()) {
    if (!cpuset.given_away.empty() && cpuset.is_valid_partition() && now.empty() &&
        has_tasks(cpuset, nullptr)) {
      set_given_away(cpuset, {});
      now = effective_in(cpuset, cpuset.cpus);
    }
    if (cpuset.is_valid_partition() &&
        (parent.given_away.empty() || (now.empty() && has_tasks(cpuset, nullptr)))) {
      update_parent(cpuset, Command::disable, nullptr);
      if (!cpuset.given_away.empty()) {
        set_given_away(cpuset, {});
        now = effective_in(cpuset, cpuset.cpus);
      }
      make_invalid(cpuset, !parent.is_partition() ? PartitionError::parent_member
                           : !parent.valid        ? PartitionError::parent_invalid
                                                  : PartitionError::hotplug);
    } else if (parent.is_valid_partition() && !cpuset.valid) {
      update_parent(cpuset, Command::update, nullptr);
    }
  }
  const bool changed = now != cpuset.effective;
  if (now.empty() && !cpuset.is_valid_partition()) now = parent.effective;
  cpuset.effective = now;
  if (changed) update_tasks(cpuset);
}

}  // namespace pinfold::model

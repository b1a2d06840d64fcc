// Which cgroup takes a CPU: of those that a task is in, or a partition that has it for itself.
#include <algorithm>
#include <ranges>
#include <string>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "explain/case.h"

namespace pinfold {
namespace {

using Levels = std::vector<CpusetLevel>;  // the task's own first

// In v2 a cgroup without CPUs of its own has its parent's, as the root has all.
bool has_own(const CpusetLevel& level) { return !level.given.empty(); }

bool is_below(const std::string& cgroup, const std::string& above) {
  if (above == "/") return true;
  return cgroup.starts_with(above) && cgroup.substr(above.size()).starts_with('/');
}

// What must be written so that the cgroups from `top` down to the task's are given `cpus` too.
// A cgroup takes no more than the one above it has, so that one comes first.
std::string give(const Levels& levels, std::size_t top, const CpuSet& cpus) {
  std::string commands;
  for (std::size_t i = top + 1; i-- > 0;) {
    const CpusetLevel& level = levels[i];
    if (!has_own(level) || level.given.contains(cpus)) continue;
    if (!commands.empty()) commands += " && ";
    commands += "echo " + to_cpu_list(level.given | cpus) + " > " + level.given_file;
  }
  return commands;
}

// Above a root that has CPUs given to it there is more, which is not shown in this container.
bool is_cut_off(const Levels& levels, std::size_t index, const CpuSet& online) {
  return index + 1 == levels.size() && !levels[index].given_file.empty() &&
         !levels[index].given.contains(online);
}

class Search {
 public:
  Search(Case& about, Levels levels)
      : about_(about),
        levels_(std::move(levels)),
        missing_(about.rest() - levels_.front().limit.cpus) {}

  void run() {
    // A partition that the task is in takes its CPUs from those above, not from the task.
    for (std::size_t i = levels_.size(); i-- > 0;) {
      const CpuSet lost = missing_ - levels_[i].limit.cpus;
      if (lost.empty()) continue;
      missing_ -= lost;
      const CpuSet not_given = has_own(levels_[i]) ? lost - levels_[i].given : CpuSet();
      ask_partitions(levels_[i], lost - not_given);
      found_.emplace_back(i, not_given);
      obtainable_ |= not_given;
    }
    // What one command gives, the next must not take away again: all give the same.
    for (const auto& [index, cpus] : found_)
      take(index, cpus);
  }

 private:
  void ask_partitions(const CpusetLevel& level, CpuSet lost) {
    if (lost.empty()) return;
    for (const Partition& partition : about_.facts().partitions()) {
      if (!is_below(partition.cgroup, level.limit.cgroup)) continue;
      const CpuSet theirs = lost & partition.cpus;
      if (theirs.empty()) continue;
      lost -= theirs;
      about_.take({.kind = ConstraintKind::partition,
                   .cpus = theirs,
                   .limit = levels_.front().limit.cpus,
                   .by = "cgroup " + partition.cgroup,
                   .where = partition.file,
                   .lifts = leave_partition(partition, theirs)});
    }
    if (lost.empty()) return;
    about_.take({.kind = ConstraintKind::cpuset,
                 .cpus = lost,
                 .limit = level.limit.cpus,
                 .by = "a cgroup above " + level.limit.cgroup + ", which cannot be seen from here",
                 .where = level.limit.file,
                 .lifts = "give them to it from outside of this container"});
  }

  std::string leave_partition(const Partition& partition, const CpuSet& cpus) {
    const std::string commands = "echo member > " + partition.file;
    const std::string more = give(levels_, levels_.size() - 1, cpus);
    return more.empty() ? commands : commands + " && " + more;
  }

  void take(std::size_t index, const CpuSet& cpus) {
    const CpusetLevel& level = levels_[index];
    std::string lifts = give(levels_, index, obtainable_);
    if (is_cut_off(levels_, index, about_.facts().cpus().online)) {
      lifts += ", if the cgroups above, which cannot be seen from here, have them";
    }
    about_.take({.kind = ConstraintKind::cpuset,
                 .cpus = cpus,
                 .limit = level.limit.cpus,
                 .by = "cgroup " + level.limit.cgroup,
                 .where = level.given_file,
                 .lifts = std::move(lifts)});
  }

  Case& about_;
  Levels levels_;
  CpuSet missing_;
  CpuSet obtainable_;
  std::vector<std::pair<std::size_t, CpuSet>> found_;
};

}  // namespace

Result<void> find_cpusets(Case& about) {
  TRY(Levels levels, about.kernel().cpusets(about.task().tid));
  if (!levels.empty()) Search(about, std::move(levels)).run();
  return {};
}

}  // namespace pinfold

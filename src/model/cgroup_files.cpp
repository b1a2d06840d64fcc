// The files of a cgroup: which there are, what stands in them, and what a write does.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <span>

#include <pinfold/cpu_list.h>

#include "model/cpuset_rules.h"
#include "model/kernel_list.h"
#include "model/system.h"

namespace pinfold::model {
namespace {

using Where = CgroupFile::Where;
using Of = CgroupFile::Of;

constexpr auto v1_files = std::to_array<CgroupFile>({
    {.name = "cgroup.clone_children", .writable = true, .constant = "0"},
    {.name = "cgroup.procs", .writable = true},
    {.name = "cgroup.sane_behavior", .where = Where::root, .constant = "0"},
    {.name = "cpuset.cpu_exclusive", .of = Of::cpuset, .writable = true},
    {.name = "cpuset.cpus", .of = Of::cpuset, .writable = true},
    {.name = "cpuset.effective_cpus", .of = Of::cpuset},
    {.name = "cpuset.effective_mems", .of = Of::cpuset},
    {.name = "cpuset.mem_exclusive", .of = Of::cpuset, .writable = true, .constant = "0"},
    {.name = "cpuset.mem_hardwall", .of = Of::cpuset, .writable = true, .constant = "0"},
    {.name = "cpuset.memory_migrate", .of = Of::cpuset, .writable = true, .constant = "0"},
    {.name = "cpuset.memory_pressure", .of = Of::cpuset, .constant = "0"},
    {.name = "cpuset.memory_pressure_enabled",
     .where = Where::root,
     .of = Of::cpuset,
     .writable = true,
     .constant = "0"},
    {.name = "cpuset.memory_spread_page", .of = Of::cpuset, .writable = true, .constant = "0"},
    {.name = "cpuset.memory_spread_slab", .of = Of::cpuset, .writable = true, .constant = "0"},
    {.name = "cpuset.mems", .of = Of::cpuset, .writable = true},
    {.name = "cpuset.sched_load_balance", .of = Of::cpuset, .writable = true, .constant = "1"},
    {.name = "cpuset.sched_relax_domain_level",
     .of = Of::cpuset,
     .writable = true,
     .constant = "-1"},
    {.name = "notify_on_release", .writable = true, .constant = "0"},
    {.name = "release_agent", .where = Where::root, .writable = true, .constant = ""},
    {.name = "tasks", .writable = true},
});

constexpr auto v2_files = std::to_array<CgroupFile>({
    {.name = "cgroup.controllers"},
    {.name = "cgroup.events", .where = Where::below},
    {.name = "cgroup.procs", .writable = true},
    {.name = "cgroup.subtree_control", .writable = true},
    {.name = "cgroup.threads", .writable = true},
    {.name = "cgroup.type", .where = Where::below, .writable = true},
    {.name = "cpuset.cpus", .where = Where::below, .of = Of::cpuset, .writable = true},
    {.name = "cpuset.cpus.effective", .of = Of::cpuset},
    {.name = "cpuset.cpus.exclusive", .where = Where::below, .of = Of::exclusive, .writable = true},
    {.name = "cpuset.cpus.exclusive.effective", .where = Where::below, .of = Of::exclusive},
    {.name = "cpuset.cpus.isolated", .where = Where::root, .of = Of::exclusive},
    {.name = "cpuset.cpus.partition", .where = Where::below, .of = Of::cpuset, .writable = true},
    {.name = "cpuset.mems", .where = Where::below, .of = Of::cpuset, .writable = true},
    {.name = "cpuset.mems.effective", .of = Of::cpuset},
});

// cgroup_type_show()
const char* type_of(const Cgroup& cgroup) {
  if (cgroup.below_threads()) return "domain invalid";
  return cgroup.is_threads_root() ? "domain threaded" : "domain";
}

std::string partition_text(const Cgroup& cgroup) {
  std::string text = cgroup.kind == PartitionKind::member ? "member"
                     : cgroup.kind == PartitionKind::root ? "root"
                                                          : "isolated";
  if (!cgroup.valid) {
    text += " invalid";
    if (cgroup.invalid_why) text += " (" + std::string(cgroup.invalid_why) + ')';
  }
  return text;
}

int write_list(CpusetRules& rules, Cgroup& cgroup, std::string_view text, unsigned cpu_ids,
               int (CpusetRules::*write)(Cgroup&, const CpuSet&)) {
  CpuSet cpus;
  if (const int wrong = parse_kernel_list(text, cpu_ids, cpus); wrong != 0) return wrong;
  return (rules.*write)(cgroup, cpus);
}

}  // namespace

std::span<const CgroupFile> System::cgroup_files() const {
  switch (hierarchy()) {
    case Hierarchy::none:
      return {};
    case Hierarchy::v1:
      return v1_files;
    case Hierarchy::v2:
      return v2_files;
  }
  return {};
}

bool System::has_file(const Cgroup& cgroup, const CgroupFile& file) const {
  if (file.where != Where::everywhere && cgroup.is_root() != (file.where == Where::root)) {
    return false;
  }
  if (file.of != Of::every_cgroup && !cgroup.has_cpuset) return false;
  return file.of != Of::exclusive || profile().partitions.value == Partitions::exclusive;
}

const CgroupFile* System::find_file(const Cgroup& cgroup, std::string_view name) const {
  const auto files = cgroup_files();
  const auto found = std::ranges::find(files, name, &CgroupFile::name);
  return found != files.end() && has_file(cgroup, *found) ? &*found : nullptr;
}

bool System::may_change_cgroups(const Task& task) const {
  constexpr unsigned cap_dac_override = 1;  // linux/capability.h
  return task.credentials->effective == 0 ||
         capable(*task.credentials, *first_user_namespace_, cap_dac_override);
}

// max_write_len of the files' struct cftype; a page where that says nothing.
std::size_t System::longest_write(std::string_view file) const {
  constexpr std::size_t page = 4096;
  if (file == "cpuset.mems") return 100 + (std::size_t{6} * most_nodes);
  if (file != "cpuset.cpus" && file != "cpuset.cpus.exclusive") return page;
  const unsigned configured = setup_.configured_cpus.value_or(profile().configured_cpus);
  return 100 + (std::size_t{6} * std::max(configured, cpu_ids_));
}

int System::write_cgroup(Task& writer, Cgroup& cgroup, std::string_view file,
                         std::string_view text) {
  const CgroupFile* const found = find_file(cgroup, file);
  if (!found) return -ENOENT;
  if (!may_change_cgroups(writer)) return -EACCES;
  if (text.size() > longest_write(file)) return -E2BIG;
  if (!found->writable) return -EINVAL;
  if (found->constant) return strip(text) == found->constant ? 0 : -EOPNOTSUPP;
  if (file == "cgroup.procs") return write_procs(writer, cgroup, text, true);
  if (file == "tasks" || file == "cgroup.threads") {
    return write_procs(writer, cgroup, text, false);
  }
  if (file == "cgroup.subtree_control") return write_subtree_control(writer, cgroup, text);
  text = strip(text);
  if (file == "cpuset.cpus") {
    if (cgroup.is_root()) return -EACCES;
    return write_list(*rules_, cgroup, text, cpu_ids_, &CpusetRules::write_cpus);
  }
  if (file == "cpuset.cpus.exclusive") {
    return write_list(*rules_, cgroup, text, cpu_ids_, &CpusetRules::write_exclusive);
  }
  if (file == "cpuset.mems") {
    if (cgroup.is_root()) return -EACCES;
    CpuSet numbers;
    if (const int wrong = parse_kernel_list(text, most_nodes, numbers); wrong != 0) return wrong;
    return rules_->write_mems(cgroup, NodeSet::from_words(numbers.words()));
  }
  if (file == "cpuset.cpu_exclusive") {
    unsigned long value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size()) return -EINVAL;
    return rules_->write_cpu_exclusive(cgroup, value != 0);
  }
  if (file == "cpuset.cpus.partition") {
    if (text == "member") return rules_->write_partition(cgroup, PartitionKind::member);
    if (text == "root") return rules_->write_partition(cgroup, PartitionKind::root);
    if (text == "isolated") return rules_->write_partition(cgroup, PartitionKind::isolated);
    return -EINVAL;
  }
  // cgroup.type: there are no threaded cgroups here, and no other word is known.
  return text == "threaded" ? -EOPNOTSUPP : -EINVAL;
}

std::optional<std::string> System::read_cgroup(const Task& reader, const Cgroup& cgroup,
                                               std::string_view file) const {
  const CgroupFile* const found = find_file(cgroup, file);
  if (!found) return std::nullopt;
  if (found->constant) return found->constant;
  const bool processes = file == "cgroup.procs";
  if (processes || file == "tasks" || file == "cgroup.threads") {
    std::string text;
    const auto add = [&](const Task& task) {
      if (!text.empty()) text += '\n';
      text += std::to_string(TaskTable::number_in(task, *reader.pid_namespace));
    };
    for (const Task& task : cgroup.tasks) {
      if (!processes || task.process->leader == &task) add(task);
    }
    // A process whose first thread has ended before the others is one still.
    for (const Task& task : cgroup.zombies) {
      if (processes && task.process->threads.size() > 1) add(task);
    }
    return text;
  }
  if (file == "cgroup.controllers") {
    return std::string(cgroup.is_root() || cgroup.has_cpuset ? "cpuset" : "");
  }
  if (file == "cgroup.events") {
    return "populated " + std::to_string(int{cgroup.populated()}) + "\nfrozen 0";
  }
  if (file == "cgroup.type") return type_of(cgroup);
  if (file == "cgroup.subtree_control") return std::string(cgroup.gives_cpusets ? "cpuset" : "");
  if (file == "cpuset.cpus") return to_cpu_list(cgroup.cpus);
  if (file == "cpuset.mems") return to_node_list(cgroup.mems);
  if (file == "cpuset.cpu_exclusive") return std::string(cgroup.cpu_exclusive ? "1" : "0");
  if (file == "cpuset.cpus.partition") return partition_text(cgroup);
  if (file == "cpuset.cpus.isolated") return to_cpu_list(isolated());
  if (file == "cpuset.cpus.exclusive") return to_cpu_list(cgroup.exclusive);
  if (file == "cpuset.cpus.exclusive.effective") return to_cpu_list(cgroup.effective_exclusive);
  if (file.ends_with("mems") || file.ends_with("mems.effective")) {
    return to_node_list(cgroup.effective_mems);
  }
  return to_cpu_list(cgroup.effective);
}

}  // namespace pinfold::model

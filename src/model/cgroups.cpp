// The tree of cgroups and who is in them: kernel/cgroup/cgroup.c, as far as cpusets go.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <ranges>

#include "kernel/permission.h"
#include "model/cpuset_rules.h"
#include "model/kernel_list.h"
#include "model/system.h"

namespace pinfold::model {
namespace {

// "/a/b" as "/a" and "b"; a name that is not one is empty.
struct Split {
  std::string_view parent;
  std::string_view name;
};

Split split(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return {.parent = path.substr(0, slash), .name = path.substr(slash + 1)};
}

bool children_populated(const Cgroup& cgroup) {
  return std::ranges::any_of(cgroup.children, [](const auto& child) { return child->populated(); });
}

// kstrtoint() with base 0; no negative one.
std::optional<pid_t> parse_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.starts_with('0')) {
    base = 8;
  }
  pid_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (status != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// __cgroup1_procs_write()
bool may_move(const Credentials& writer, const Credentials& task) {
  return writer.effective == 0 || writer.effective == task.real || writer.effective == task.saved ||
         capable(writer, *task.user_namespace, cap_sys_nice);
}

}  // namespace

Cgroup* System::find_cgroup(std::string_view path) {
  Cgroup* at = &root_;
  for (const auto part : std::views::split(path, '/')) {
    const std::string_view name(part.begin(), part.end());
    if (name.empty()) continue;
    at = at->child(name);
    if (!at) return nullptr;
  }
  return at;
}

Cgroup* System::find_cgroup(std::uint64_t id) const {
  const auto found = cgroups_.find(id);
  return found == cgroups_.end() ? nullptr : found->second;
}

int System::make_cgroup(std::string_view path) {
  if (hierarchy() == Hierarchy::none) return -ENOENT;
  const auto [parent_path, name] = split(path);
  if (name.empty()) return -EEXIST;
  Cgroup* parent = find_cgroup(parent_path);
  if (!parent) return -ENOENT;
  if (name.contains('\n')) return -EINVAL;
  if (parent->child(name) || find_file(*parent, name)) return -EEXIST;
  auto made = std::make_unique<Cgroup>();
  made->name = name;
  made->id = ++last_cgroup_id_;
  made->parent = parent;
  made->has_cpuset = hierarchy() == Hierarchy::v1 || parent->gives_cpusets;
  Cgroup& cgroup = *parent->children.emplace_back(std::move(made));
  cgroups_.emplace(cgroup.id, &cgroup);
  if (cgroup.has_cpuset) rules_->begin(cgroup);
  return 0;
}

int System::remove_cgroup(std::string_view path) {
  Cgroup* cgroup = find_cgroup(path);
  if (!cgroup) return -ENOENT;
  if (cgroup->is_root() || !cgroup->children.empty() || !cgroup->tasks.empty()) return -EBUSY;
  if (cgroup->has_cpuset) rules_->end(*cgroup);
  auto& beside = cgroup->parent->children;
  const auto found =
      std::ranges::find_if(beside, [&](const auto& one) { return one.get() == cgroup; });
  std::unique_ptr<Cgroup> owned = std::move(*found);
  beside.erase(found);
  owned->removed = true;
  cgroups_.erase(owned->id);
  removed_.push_back(std::move(owned));
  forget_removed_cgroups();
  return 0;
}

// One that zombies refer to stays, and so do those above it.
void System::forget_removed_cgroups() {
  const auto is_used = [&](const std::unique_ptr<Cgroup>& cgroup) {
    return !cgroup->zombies.empty() || std::ranges::any_of(removed_, [&](const auto& other) {
      return other->parent == cgroup.get();
    });
  };
  for (;;) {
    const auto unused = std::ranges::find_if_not(removed_, is_used);
    if (unused == removed_.end()) return;
    removed_.erase(unused);
  }
}

// cpuset_can_attach()
int System::may_attach(const Task& writer, const Task& task, const Cgroup& to) const {
  const bool v1 = hierarchy() == Hierarchy::v1;
  if (to.effective.empty() || (v1 && to.mems.empty())) return -ENOSPC;
  if (task.kernel_thread == KernelThread::bound) return -EINVAL;
  const Cgroup& from = task.cgroup->governing();
  const bool same = from.effective == to.effective && from.effective_mems == to.effective_mems;
  if (!v1 && same && profile().same_cpus_move_nobody) return 0;
  const Credentials& own = *writer.credentials;
  if (capabilities_beyond(own, *task.credentials) != 0 &&
      !capable(own, *task.credentials->user_namespace, cap_sys_nice)) {
    return -EPERM;
  }
  return 0;
}

void System::enter(Task& task, Cgroup& to) {
  const bool zombie = task.state == TaskState::zombie;
  (zombie ? task.cgroup->zombies : task.cgroup->tasks).remove(task);
  task.cgroup = &to;
  (zombie ? to.zombies : to.tasks).push_back(task);
}

// cgroup_migrate() and cpuset_attach()
void System::attach(Task& task, Cgroup& to) {
  const Cgroup& before = task.cgroup->governing();
  enter(task, to);
  const Cgroup& now = to.governing();
  if (hierarchy() == Hierarchy::v2 && profile().same_cpus_move_nobody &&
      before.effective == now.effective && before.effective_mems == now.effective_mems) {
    return;
  }
  allow(task, begins_with(now, task));
}

// cpuset_attach_task()
CpuSet System::begins_with(const Cgroup& cpuset, const Task& task) const {
  if (!cpuset.is_root()) return usable_in(cpuset, task);
  const bool without_partitions = profile().top_allows.value == TopAllows::possible;
  return without_partitions ? cpus_that_run(task) - in_partitions_ : cpus_that_run(task);
}

// v2, cgroup_migrate_vet_dst(): either a cgroup that gives cpusets has tasks of its own, or those
// below it have.
int System::may_have_tasks(const Cgroup& cgroup) const {
  if (hierarchy() != Hierarchy::v2) return 0;
  if (cgroup.below_threads()) return -EOPNOTSUPP;
  return !cgroup.is_root() && cgroup.gives_cpusets && children_populated(cgroup) ? -EBUSY : 0;
}

// cgroup_procs_write_start(), cgroup_attach_task()
int System::write_procs(Task& writer, Cgroup& cgroup, std::string_view text, bool whole_process) {
  const auto number = parse_number(strip(text));
  if (!number) return -EINVAL;
  Task* task = find(writer, *number);
  if (!task) return -ESRCH;
  if (whole_process) task = task->process->leader;
  const bool kthreadd = task->number == 2 && task->is_kernel_thread();
  if (kthreadd || task->kernel_thread == KernelThread::bound) return -EINVAL;
  if (hierarchy() == Hierarchy::v1 && !may_move(*writer.credentials, *task->credentials)) {
    return -EACCES;
  }
  if (const int refused = may_have_tasks(cgroup); refused != 0) return refused;
  // A single thread stays in the domain of its process, and there are no threaded cgroups here.
  const bool leaves_domain = hierarchy() == Hierarchy::v2 && task->cgroup != &cgroup;
  if (!whole_process && leaves_domain) return -EOPNOTSUPP;
  std::vector<Task*> moving;
  const auto move = [&](Task& one) {
    if (one.state != TaskState::zombie && one.cgroup != &cgroup) moving.push_back(&one);
  };
  if (whole_process) {
    for (Task& one : task->process->threads)
      move(one);
  } else {
    move(*task);
  }
  const Cgroup& to = cgroup.governing();
  const auto changes = [&](const Task& one) { return &one.cgroup->governing() != &to; };
  // Where one of them changes its cpuset, all are attached to it (cgroup_migrate_execute()), also
  // where that one has ended, and stays where it is.
  const bool any_changes =
      whole_process ? std::ranges::any_of(task->process->threads, changes) : changes(*task);
  if (!any_changes) {
    for (Task* one : moving)
      enter(*one, cgroup);
    return 0;
  }
  for (const Task* one : moving) {
    if (const int refused = may_attach(writer, *one, to); refused != 0) return refused;
  }
  for (Task* one : moving)
    attach(*one, cgroup);
  return 0;
}

void System::enable_cpusets(Cgroup& parent) {
  parent.gives_cpusets = true;
  for (const auto& child : parent.children) {
    child->has_cpuset = true;
    rules_->begin(*child);
    // A zombie stays with the cpuset that it had: cgroup_migrate() passes over those that exit.
    for_each_below(*child, [&](Cgroup& below) {
      while (&below.governing() == child.get() && !below.zombies.empty()) {
        Task& zombie = *below.zombies.front();
        below.zombies.remove(zombie);
        zombie.cgroup = &parent;
        parent.zombies.push_back(zombie);
      }
    });
    // All tasks below change their cpuset, to one that has the same CPUs.
    if (profile().same_cpus_move_nobody) continue;
    for_each_governed(*child, [&](Task& task) { allow(task, usable_in(*child, task)); });
  }
}

// All tasks move to the cpuset above before those below end; whether they do is decided by the
// first.
int System::disable_cpusets(const Task& writer, Cgroup& parent) {
  const Cgroup& now = parent.governing();
  std::vector<Task*> moving;
  for (const auto& child : parent.children)
    for_each_governed(*child, [&](Task& task) { moving.push_back(&task); });
  if (!moving.empty()) {
    const Cgroup& before = moving.front()->cgroup->governing();
    const bool same =
        before.effective == now.effective && before.effective_mems == now.effective_mems;
    if (now.effective.empty()) return -ENOSPC;
    if (!same || !profile().same_cpus_move_nobody) {
      for (const Task* task : moving) {
        if (const int refused = may_attach(writer, *task, now); refused != 0) return refused;
      }
      for (Task* task : moving)
        allow(*task, begins_with(now, *task));
    }
  }
  parent.gives_cpusets = false;
  for (const auto& child : parent.children) {
    child->has_cpuset = false;
    rules_->end(*child);
  }
  return 0;
}

// cgroup_subtree_control_write(): of several words for a controller the last one counts. There is
// no other than cpuset here.
int System::write_subtree_control(Task& writer, Cgroup& cgroup, std::string_view text) {
  bool enable = cgroup.gives_cpusets;
  for (const auto part : std::views::split(strip(text), ' ')) {
    const std::string_view word(part.begin(), part.end());
    if (word.empty()) continue;
    if (word != "+cpuset" && word != "-cpuset") return -EINVAL;
    enable = word.front() == '+';
  }
  if (enable == cgroup.gives_cpusets) return 0;
  if (!enable) {
    const auto gives = [](const auto& child) { return child->gives_cpusets; };
    if (std::ranges::any_of(cgroup.children, gives)) return -EBUSY;
    return disable_cpusets(writer, cgroup);
  }
  if (!cgroup.is_root() && !cgroup.has_cpuset) return -ENOENT;
  if (cgroup.below_threads()) return -EOPNOTSUPP;
  if (!cgroup.is_root() && !cgroup.tasks.empty() && children_populated(cgroup)) return -EBUSY;
  enable_cpusets(cgroup);
  return 0;
}

}  // namespace pinfold::model

// A system as far as affinity goes: the kernel's rules, its tasks and its CPUs, in a form that
// runs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <pinfold/machine.h>

#include "cpuset/mask.h"
#include "machine/limits.h"
#include "model/cgroup.h"
#include "model/profile.h"
#include "model/task.h"
#include "model/task_table.h"

namespace pinfold::model {

class CpusetRules;

struct Setup {
  /// Its isolated CPUs are those of isolcpus=; a cpuset in it is not looked at.
  pinfold::Machine machine;
  const Profile* profile = &newest_profile();
  Hierarchy hierarchy = Hierarchy::none;
  std::optional<unsigned> configured_cpus = {};  ///< NR_CPUS, in place of the profile's
  pid_t highest_number = 4'194'303;              ///< one less than kernel.pid_max
  /// Whether each CPU has its migration, ksoftirqd and cpuhp. kthreadd is always there.
  bool bound_kernel_threads = true;
  bool deadline_admission = true;  ///< sched_rt_runtime_us is not -1
};

/// With which of its credentials a caller looks at others: ptrace(2), "Ptrace access mode
/// checking".
enum class Look {
  by_file,  ///< through /proc: the effective user, and capabilities in force
  by_call,  ///< ptrace(2) itself: the real user, and permitted capabilities
};

/// Points inside of calls at which the kernel can be overtaken by others.
enum class Step {
  mask_copied,  ///< clone: the new task has its creator's mask, and is not listed
  cpuset_read,  ///< set: what the cpuset allows is known, nothing was changed
  mask_set,     ///< set: the mask is changed, the cpuset not looked at again
};

/// Where a system call may fail, 0 or a negative errno is the answer. Not for several threads.
class System {
 public:
  /// Kind `unsupported` where the kernel has no such cpusets, or never so many CPUs.
  static Result<std::unique_ptr<System>> open(Setup setup);
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  ~System();

  // The machine.
  [[nodiscard]] const Profile& profile() const { return *setup_.profile; }
  [[nodiscard]] const Setup& setup() const { return setup_; }
  /// sched_rt_runtime_us is written: -1, or not.
  void admit_deadlines(bool admission) { setup_.deadline_admission = admission; }
  [[nodiscard]] const CpuSet& possible() const { return setup_.machine.possible(); }
  [[nodiscard]] const CpuSet& present() const { return setup_.machine.present(); }
  [[nodiscard]] const CpuSet& online() const { return online_; }
  [[nodiscard]] const CpuSet& active() const { return active_; }
  /// Those of isolcpus=.
  [[nodiscard]] const CpuSet& isolated_at_boot() const { return setup_.machine.isolated(); }
  /// isolcpus= and isolated partitions.
  [[nodiscard]] CpuSet isolated() const;
  [[nodiscard]] SystemCpus cpus() const;
  [[nodiscard]] const NodeSet& nodes() const { return nodes_; }
  /// The highest possible CPU and one: nr_cpu_ids.
  [[nodiscard]] unsigned cpu_ids() const { return cpu_ids_; }
  /// The number of the node that has the CPU; 0 for one that is in none.
  [[nodiscard]] unsigned node_of(CpuId cpu) const;
  /// The size of the kernel's mask.
  [[nodiscard]] std::size_t mask_bytes() const { return mask_bytes_; }
  /// A CPU that goes: whoever runs there is moved, and whoever may run nowhere else gets another
  /// mask. -EBUSY for the last one; -EINVAL for one that is not present.
  int take_offline(CpuId cpu);
  int bring_online(CpuId cpu);

  // Tasks.
  [[nodiscard]] const TaskTable& tasks() const { return tasks_; }
  /// pid 1.
  [[nodiscard]] Task& init() const { return *tasks_.find(1); }
  /// As the caller's pid namespace numbers it; 0 is the caller. Null: there is none.
  [[nodiscard]] Task* find(const Task& caller, pid_t number) const;
  /// Which kernel thread has that name.
  [[nodiscard]] Task* kernel_thread(std::string_view name) const;

  enum class Make {
    thread,
    process,
  };
  struct CloneOptions {
    Make make = Make::process;
    bool new_pid_namespace = false;
    /// Which number the new task has, as with clone3(2)'s set_tid; 0: the next one. -EEXIST where
    /// it is another's.
    pid_t number = 0;
  };
  /// clone(2), up to where the new task has a number and its creator's mask; nobody sees it yet.
  /// -EAGAIN for a SCHED_DEADLINE task, and where there is no number left. Step::mask_copied is met
  /// at its end.
  int begin_clone(Task& creator, const CloneOptions& options, Task*& made);
  /// The rest of it: the task is listed and runs.
  void finish_clone(Task& made);
  /// Both.
  int clone(Task& creator, const CloneOptions& options, Task*& made);

  /// The thread ends, unless it is pid 1. The last one of a process leaves a zombie until its
  /// parent reaps it; pid 1 (or a reaper) inherits the children, and pid 1 reaps at once. Not for
  /// who is inside begin_clone().
  void exit(Task& task);
  /// All threads of the process end.
  void exit(Process& process);
  /// waitpid(2) of a zombie: it is gone.
  void reap(Process& process);
  /// execve(2): the thread is the only one left, and the leader.
  void exec(Task& task, std::shared_ptr<const Program> program);

  int set_uids(Task& task, uid_t real, uid_t effective, uid_t saved);
  int set_capabilities(Task& task, std::uint64_t permitted, std::uint64_t in_force);
  int enter_user_namespace(Task& task);
  /// Says who the task is, without asking whether it may become that.
  void be(Task& task, Credentials credentials);
  /// sched_setscheduler(2) with SCHED_DEADLINE.
  int become_deadline(Task& task);

  void sleep(Task& task);
  /// It finds a CPU, for which its mask may have to change.
  void wake(Task& task);
  /// On a CPU, and not only in its queue.
  [[nodiscard]] bool is_running(const Task& task) const;

  // Affinity.
  /// sched_setaffinity(2) without its buffer: `asked` holds no CPU beyond the kernel's mask. In
  /// this order -ESRCH; -EINVAL for a bound kernel thread; -EPERM; -EBUSY for a SCHED_DEADLINE task
  /// and less than its root domain; -EINVAL where no CPU is left, and where a cpuset became
  /// narrower.
  int set_affinity(Task& caller, pid_t number, const CpuSet& asked);
  /// What sched_getaffinity(2) writes for a task.
  [[nodiscard]] CpuSet effective(const Task& task) const;
  /// What the cpuset leaves to the task: cpuset_cpus_allowed().
  [[nodiscard]] CpuSet cpuset_allows(const Task& task) const;
  /// The nodes whose memory the cpuset leaves to the task: never none of those that there are.
  [[nodiscard]] NodeSet mems_allowed(const Task& task) const;
  /// Whether `caller` could set the mask of `task`: 0 or -EPERM.
  [[nodiscard]] int may_set(const Task& caller, const Task& task) const;
  /// Without Yama and the like.
  [[nodiscard]] bool may_look_at(const Task& caller, const Task& task,
                                 Look how = Look::by_file) const;
  /// The CPUs among which the scheduler balances the CPU.
  [[nodiscard]] CpuSet root_domain(CpuId cpu) const;
  /// Whether the CPUs `left` of an exclusive cpuset have room for what SCHED_DEADLINE has promised
  /// on `cpus`: cpuset_cpumask_can_shrink().
  [[nodiscard]] bool leaves_deadlines_room(const CpuSet& cpus, const CpuSet& left) const;

  // Cgroups.
  [[nodiscard]] Hierarchy hierarchy() const { return setup_.hierarchy; }
  [[nodiscard]] Cgroup& root_cgroup() { return root_; }
  [[nodiscard]] const Cgroup& root_cgroup() const { return root_; }
  /// "/a/b". Null: there is none.
  [[nodiscard]] Cgroup* find_cgroup(std::string_view path);
  /// Null: there is none any more, or never was.
  [[nodiscard]] Cgroup* find_cgroup(std::uint64_t id) const;
  int make_cgroup(std::string_view path);
  int remove_cgroup(std::string_view path);
  /// Whether a task may make and remove cgroups and write to their files: they belong to root.
  [[nodiscard]] bool may_change_cgroups(const Task& task) const;
  /// Those that its cgroups may have.
  [[nodiscard]] std::span<const CgroupFile> cgroup_files() const;
  [[nodiscard]] bool has_file(const Cgroup& cgroup, const CgroupFile& file) const;
  /// A write to one of its files, by `writer`: "cpuset.cpus", "cgroup.procs", … -ENOENT for a file
  /// that is not there, -E2BIG for more than it takes at once, -EOPNOTSUPP where it would do what
  /// the model does not know.
  int write_cgroup(Task& writer, Cgroup& cgroup, std::string_view file, std::string_view text);
  /// What is read from one of its files, without the line feed at the end; nothing where there is
  /// no such file.
  [[nodiscard]] std::optional<std::string> read_cgroup(const Task& reader, const Cgroup& cgroup,
                                                       std::string_view file) const;

  /// Called at each step, for what others do in the meantime.
  std::function<void(Step, Task&)> on_step;
  /// A line of the kernel's log: "process 5 (sh) no longer affine to cpu1".
  std::function<void(std::string_view)> on_log;

  /// The task is in that cgroup from now on, whoever says so, and has what its cpuset leaves.
  void attach(Task& task, Cgroup& to);

  [[nodiscard]] MaskPool& masks() const { return masks_; }

 private:
  explicit System(Setup setup);

  friend class CpusetRules;

  // boot.cpp
  Task& make_first_process();
  Task& make_kernel_thread(std::string_view name, const Mask& allowed, KernelThread kind,
                           unsigned cpu);
  Task& new_task(Process& process);
  void make_kernel_threads();

  // lifecycle.cpp
  void leave_cpu_and_cgroup(Task& task);
  void remove(Task& task);
  void orphan_children(Process& process);
  void end_namespace(Process& init);
  [[nodiscard]] Process& reaper_of(const Process& process) const;
  void fork_into_cpuset(Task& made);

  // hotplug.cpp
  [[nodiscard]] bool ends_deadlines(CpuId cpu) const;

  // placing.cpp
  [[nodiscard]] bool may_run_on(const Task& task, CpuId cpu) const;
  void enqueue(Task& task, unsigned cpu);
  void dequeue(Task& task);
  /// Any CPU of `cpus`, of which one must be in `from`: not always the same.
  unsigned any_of(const CpuSet& cpus, const CpuSet& from);
  unsigned fallback_cpu(Task& task);
  void force_allowed(Task& task, Mask allowed);
  void push_off(unsigned cpu);

  // affinity.cpp
  /// `request` is null where a cpuset changes the mask. Where the user does, it is what he asks
  /// for, and what he had asked for before when this succeeded.
  int try_allowed(Task& task, const Mask& mask, Mask* request);
  /// As a cpuset does it: what the task asked for, where that leaves something.
  void allow(Task& task, const Mask& mask);
  void allow(Task& task, const CpuSet& cpus) { allow(task, masks_.get(cpus)); }
  [[nodiscard]] const CpuSet& cpus_that_run(const Task& task) const;
  /// guarantee_active_cpus(): never empty.
  [[nodiscard]] CpuSet usable_in(const Cgroup& cpuset, const Task& task) const;
  void step(Step step, Task& task) const {
    if (on_step) on_step(step, task);
  }

  // cgroups.cpp
  int write_procs(Task& writer, Cgroup& cgroup, std::string_view text, bool whole_process);
  int write_subtree_control(Task& writer, Cgroup& cgroup, std::string_view text);
  /// Into the cgroup, its cpuset left out of account.
  static void enter(Task& task, Cgroup& to);
  [[nodiscard]] int may_have_tasks(const Cgroup& cgroup) const;
  [[nodiscard]] int may_attach(const Task& writer, const Task& task, const Cgroup& to) const;
  [[nodiscard]] const CgroupFile* find_file(const Cgroup& cgroup, std::string_view name) const;
  [[nodiscard]] std::size_t longest_write(std::string_view file) const;
  void forget_removed_cgroups();
  void enable_cpusets(Cgroup& parent);
  int disable_cpusets(const Task& writer, Cgroup& parent);
  [[nodiscard]] CpuSet begins_with(const Cgroup& cpuset, const Task& task) const;

  Setup setup_;
  CpuSet online_;
  CpuSet active_;
  NodeSet nodes_;
  std::vector<unsigned> node_of_;
  std::vector<CpuSet> cpus_of_node_;
  unsigned cpu_ids_;
  std::size_t mask_bytes_;

  mutable MaskPool masks_;
  std::shared_ptr<const UserNamespace> first_user_namespace_;
  std::uint64_t ticks_ = 0;
  TaskTable tasks_;
  std::vector<Task*> unborn_;
  std::vector<List<Task, &Task::in_queue>> queues_;  // of each CPU; the first one is on it
  unsigned last_any_ = 0;
  Cgroup root_;
  std::unordered_map<std::uint64_t, Cgroup*> cgroups_;  // by id; those that are not removed
  std::uint64_t last_cgroup_id_ = 1;
  std::vector<std::unique_ptr<Cgroup>> removed_;
  CpuSet in_partitions_;  // of v2: what the root cgroup's tasks have not
  std::unique_ptr<CpusetRules> rules_;
};

}  // namespace pinfold::model

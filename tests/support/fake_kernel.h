// A system that tests describe: tasks with masks, and processes whose threads do as they are told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "kernel/kernel.h"

namespace pinfold::test {

/// Time that passes only when somebody sleeps.
class FakeClock final : public Clock {
 public:
  Time now() override { return now_; }
  void sleep(Duration duration) override { now_ += duration; }

 private:
  Time now_{};
};

struct FakeTask {
  Pid pid;
  std::string name = "task";
  CpuSet mask;
  std::optional<CpuSet> request = {};  ///< as TaskMasks tells it
  std::uint64_t start_time = 100;
  Pid parent = Pid(1);
  bool kernel_thread = false;
  bool bound_by_kernel = false;
  bool deadline = false;
  std::optional<FileId> executable = FileId{.device = 1, .inode = 1};
  std::string executable_path = "/bin/task";
  int executable_error = 0;  ///< errno that looking at it gives
  std::vector<std::string> cgroups = {"/"};
  std::optional<bool> runs_32_bit = false;
  std::optional<uid_t> user = {};  ///< effective; nothing: that of `others`
  int set_error = 0;               ///< errno that setting it gives
  std::function<Activity()> activity = [] { return Activity::outside_clone; };
  std::function<Result<Held>()> hold = [] { return Held::stopped; };
};

/// Single-threaded: pass ApplyOptions{.workers = 1}.
class FakeKernel final : public Kernel {
 public:
  SystemCpus system;
  SystemId id{.boot = "a boot", .pid_namespace = 1};
  std::optional<CpusetLimit> limit;
  MemoryLimits memory;
  MemoryPolicy policy;       ///< the caller's
  int get_policy_error = 0;  ///< errno that asking for it gives
  int set_policy_error = 0;  ///< errno that setting it gives
  std::function<void()> before_set_policy = {};
  std::optional<NodeSet> narrow_policy = {};  ///< what is set loses all other nodes
  std::vector<CpusetLevel>
      levels;  ///< from the task's own up; its first is the limit, if there is none
  std::vector<Partition> all_partitions;
  bool snapshots = false;  ///< whether the caller may read tasks in one pass
  int snapshots_made = 0;
  std::set<pid_t> left_out;                                ///< of snapshots
  std::function<void(int snapshot)> before_snapshot = {};  ///< each begins with this
  bool sys_nice = false;
  bool admission = true;
  std::string smt_off;
  Credentials own{};
  Credentials others{};
  std::map<pid_t, FakeTask> tasks;
  Tid self;                                         ///< who Tid(0) is, where a test needs one
  std::vector<Tid> was_set;                         ///< in order
  std::function<void(int round)> before_list = {};  ///< each walk begins with this
  std::function<void(Tid)> before_set = {};
  bool counts = false;  ///< whether a process tells how many threads it has
  std::function<void()> before_count = {};
  std::function<void()> after_processes = {};  ///< when they have been listed
  std::set<int> cut_walks;                     ///< rounds whose walk is not whole
  int rounds = 0;

  explicit FakeKernel(const CpuSet& cpus) : system{cpus, cpus, cpus, {}} {}

  FakeTask& add(pid_t pid, pid_t tid, const CpuSet& mask) {
    FakeTask& task = tasks[tid];
    task.pid = Pid(pid);
    task.mask = mask;
    return task;
  }

  Result<CpuSet> effective(Tid tid) override;
  Result<void> set_affinity(Tid tid, const CpuSet& cpus) override;
  Result<CpuSet> allowed(Tid tid) override;
  Result<std::vector<TaskMasks>> snapshot(const Scope& scope) override;
  Result<SystemCpus> cpus() override { return system; }
  Result<SystemId> system_id() override { return id; }
  Result<Task> task(Tid tid) override;
  Result<Credentials> credentials(Tid tid) override;
  Result<MemoryLimits> memory_limits() override { return memory; }
  Result<MemoryPolicy> memory_policy() override;
  Result<void> set_memory_policy(const MemoryPolicy& wanted) override;
  Result<std::optional<CpusetLimit>> cpuset(Tid) override;
  Result<std::vector<CpusetLevel>> cpusets(Tid) override { return levels; }
  Result<std::vector<Partition>> partitions() override { return all_partitions; }
  Result<bool> may_set_anybody(Tid) override { return sys_nice; }
  std::optional<bool> runs_32_bit(Tid tid) override { return tasks.at(tid.value()).runs_32_bit; }
  bool deadline_admission() override { return admission; }
  std::string smt_switched_off() override { return smt_off; }
  Result<std::vector<Pid>> processes() override;
  Result<Task> leader(Pid pid) override { return task(pid.leader()); }
  Result<std::optional<FileId>> executable(Pid pid) override;
  Result<std::string> executable_path(Pid pid) override;
  Result<std::vector<std::string>> cgroups(Tid tid) override;
  Result<std::unique_ptr<Process>> process(Pid pid) override;
};

}  // namespace pinfold::test

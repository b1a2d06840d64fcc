// The kernel under us, through system calls, /proc, /sys and cgroup files.
#pragma once

#include <atomic>
#include <cstddef>

#include "kernel/affinity_io.h"
#include "kernel/kernel.h"
#include "linux/abi.h"
#include "linux/memory_policy.h"

namespace pinfold {

class LinuxKernel final : public Kernel {
 public:
  LinuxKernel() : LinuxKernel(own_abi_) {}
  /// With an Abi of the caller's for the two calls; it must outlive the kernel.
  explicit LinuxKernel(Abi& abi) : io_(abi) {}

  /// Snapshots are read by it, and completed from /proc. It must outlive the kernel, and nobody may
  /// be asking meanwhile. Without one there are none.
  void use(TaskReader& reader) { reader_ = &reader; }

  Result<CpuSet> effective(Tid tid) override { return io_.get(tid); }
  Result<void> set_affinity(Tid tid, const CpuSet& cpus) override { return io_.set(tid, cpus); }
  Result<CpuSet> allowed(Tid tid) override;
  Result<std::vector<TaskMasks>> snapshot(const Scope& scope) override;
  Result<void> for_each_task(const Scope& scope, const VisitTask& visit) override;
  Result<SystemCpus> cpus() override;
  Result<SystemId> system_id() override;
  Result<Task> task(Tid tid) override;
  Result<Credentials> credentials(Tid tid) override;
  Result<std::optional<CpusetLimit>> cpuset(Tid tid) override;
  Result<MemoryLimits> memory_limits() override;
  Result<MemoryPolicy> memory_policy() override { return get_memory_policy(); }
  Result<void> set_memory_policy(const MemoryPolicy& policy) override {
    return pinfold::set_memory_policy(policy);
  }
  Result<std::vector<CpusetLevel>> cpusets(Tid tid) override;
  Result<std::vector<Partition>> partitions() override;
  Result<bool> may_set_anybody(Tid tid) override;
  std::optional<bool> runs_32_bit(Tid tid) override;
  bool deadline_admission() override;
  std::string smt_switched_off() override;
  Result<std::vector<Pid>> processes() override;
  Result<Task> leader(Pid pid) override;
  Result<std::optional<FileId>> executable(Pid pid) override;
  Result<std::string> executable_path(Pid pid) override;
  Result<std::vector<std::string>> cgroups(Tid tid) override;
  Result<std::unique_ptr<Process>> process(Pid pid) override;

 private:
  LinuxAbi own_abi_;
  AffinityIo io_;
  TaskReader* reader_ = nullptr;
  std::atomic<std::size_t> most_tasks_ = 0;  // that a snapshot had
};

}  // namespace pinfold

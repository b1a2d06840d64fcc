// A modelled system as what stands above src/kernel knows one.
#pragma once

#include "kernel/affinity_io.h"
#include "kernel/kernel.h"
#include "model/abi.h"

namespace pinfold::model {

/// What the session's caller sees of the system and does to it. Errors are those of LinuxKernel.
/// The files that it names (of cpusets) are where a real system has them. Safe to use from several
/// threads.
class ModelKernel final : public pinfold::Kernel {
 public:
  /// `session` may change its caller between calls, and must outlive the kernel and its processes.
  explicit ModelKernel(const Session& session) : session_(session) {}

  Result<CpuSet> effective(Tid tid) override { return io_.get(tid); }
  Result<void> set_affinity(Tid tid, const CpuSet& cpus) override { return io_.set(tid, cpus); }
  Result<CpuSet> allowed(Tid tid) override;
  Result<std::vector<TaskMasks>> snapshot(const Scope& scope) override;
  Result<SystemCpus> cpus() override;
  Result<SystemId> system_id() override;
  Result<pinfold::Task> task(Tid tid) override;
  Result<pinfold::Credentials> credentials(Tid tid) override;
  Result<std::optional<CpusetLimit>> cpuset(Tid tid) override;
  Result<MemoryLimits> memory_limits() override;
  Result<MemoryPolicy> memory_policy() override;
  Result<void> set_memory_policy(const MemoryPolicy& policy) override;
  Result<std::vector<CpusetLevel>> cpusets(Tid tid) override;
  Result<std::vector<Partition>> partitions() override;
  Result<bool> may_set_anybody(Tid tid) override;
  std::optional<bool> runs_32_bit(Tid tid) override;
  bool deadline_admission() override;
  std::string smt_switched_off() override { return {}; }
  Result<std::vector<Pid>> processes() override;
  Result<pinfold::Task> leader(Pid pid) override;
  Result<std::optional<FileId>> executable(Pid pid) override;
  Result<std::string> executable_path(Pid pid) override;
  Result<std::vector<std::string>> cgroups(Tid tid) override;
  Result<std::unique_ptr<pinfold::Process>> process(Pid pid) override;

 private:
  const Session& session_;
  ModelAbi abi_{session_};
  AffinityIo io_{abi_};
};

}  // namespace pinfold::model

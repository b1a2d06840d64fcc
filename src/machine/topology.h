// Who shares a package, a die, a cluster, a core: cpuN/topology (Documentation/ABI/stable/
// sysfs-devices-system-cpu).
#pragma once

#include <vector>

#include "machine/facts.h"
#include "machine/folder.h"

namespace pinfold {

/// The domains of the package, die, cluster or core level. Each is read once, through its first
/// CPU, so that the cost grows with their number.
class TopologyLevel {
 public:
  /// `cpus` is sys/devices/system/cpu.
  TopologyLevel(Level level, Folder& cpus);

  /// Sees to it that the domain of `cpu` is known.
  void visit(CpuId cpu);

  std::vector<Object> take() { return std::move(domains_); }

 private:
  struct Files;

  std::optional<CpuSet> read(CpuId cpu);
  bool complete(CpuId cpu, Object& domain);
  std::optional<long> number(CpuId cpu, const char* file);
  bool cores_share(CpuId cpu, const CpuSet& siblings);

  const Files& files_;
  Folder& cpus_;
  std::vector<Object> domains_;
  CpuSet seen_;
  std::size_t form_ = 0;  // the first of the files that this kernel has
  bool absent_ = false;
  std::optional<bool> cores_share_;
};

}  // namespace pinfold

// Who shares a package, a die, a cluster, a core: cpuN/topology (Documentation/ABI/stable/
// sysfs-devices-system-cpu).
#pragma once

#include <array>
#include <vector>

#include "machine/cpu_path.h"
#include "machine/facts.h"
#include "machine/folder.h"

namespace pinfold {

/// What a kind of domain is called there.
struct TopologyFiles {
  const char* id;
  /// Lists came with Linux 2.6.26, the names of the first ones with 5.3; masks are older.
  std::array<const char*, 2> lists;
  std::array<const char*, 2> masks;

  static const TopologyFiles package, die, cluster, core;
  /// On s390x packages stand in books, and books in drawers; these never had masks alone.
  static const TopologyFiles book, drawer;
};

/// The domains of one kind. Each is read once, through its first CPU, so that the cost grows with
/// their number.
class TopologyLevel {
 public:
  /// `cpus` is sys/devices/system/cpu; `telling`, which the levels share, the CPUs in it that are
  /// known to have a folder topology.
  TopologyLevel(const TopologyFiles& files, Folder& cpus, CpuSet& telling)
      : files_(files), cpus_(cpus), telling_(telling) {}

  /// Sees to it that the domain of `cpu` is known.
  void visit(CpuId cpu);

  std::vector<Object> take() { return std::move(domains_); }

 private:
  std::optional<CpuSet> read(CpuId cpu);
  bool complete(CpuId cpu, Object& domain);
  std::optional<long> number(CpuId cpu, const char* file);
  bool cores_share(CpuId cpu, const CpuSet& siblings);

  const TopologyFiles& files_;
  Folder& cpus_;
  CpuSet& telling_;
  std::vector<Object> domains_;
  CpuSet seen_;
  std::size_t form_ = 0;  // the first of the files that this kernel has
  bool absent_ = false;
  std::optional<bool> cores_share_;
  std::optional<bool> lone_are_real_;  // domains of one CPU
  CpuPath path_;
};

}  // namespace pinfold

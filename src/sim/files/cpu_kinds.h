// How fast each CPU is, where a machine has kinds: cpu_capacity, CPPC, and the PMUs of hybrid x86.
#pragma once

#include <optional>
#include <vector>

#include "sim/files/content_store.h"
#include "sim/files/machine_view.h"

namespace pinfold::sim {

class CpuKinds {
 public:
  CpuKinds(const Machine& machine, ContentStore& contents);

  /// Adds to the folder of a CPU that is online what comes before `cache` in the alphabet.
  void add_performance(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const;
  /// And what comes after it.
  void add_capacity(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const;

  /// Adds sys/devices/cpu_core and its like to `devices`.
  void add_pmus(FileTree& tree, FileTree::FolderId devices) const;

 private:
  enum class Said {
    nowhere,
    capacity,     // cpu_capacity: of the fastest CPU, 1024
    performance,  // CPPC's nominal_perf, in units of its own
  };
  struct Kind {
    std::optional<ContentStore::Id> value;
    ContentStore::Id cpus;
  };

  [[nodiscard]] std::optional<ContentStore::Id> value_of(CpuId cpu) const;

  Said said_ = Said::nowhere;
  bool pmus_ = false;
  std::vector<Kind> kinds_;
  std::vector<std::size_t> kind_of_;  // by CPU
};

}  // namespace pinfold::sim

// What threads asked for, where the kernel tells.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernel/kernel.h"

namespace pinfold {

class Requests {
 public:
  /// Of nobody.
  Requests() = default;
  /// In one pass. Where the caller may not know, it is of nobody.
  static Requests read(Kernel& kernel, const Scope& scope);

  /// Each task once.
  void add(const TaskMasks& masks);

  /// As TaskMasks has it: empty where the thread never asked, nothing where it is not known.
  [[nodiscard]] std::optional<CpuSet> of(Tid tid) const;

  /// When the thread started (Task), where the pass told of it.
  [[nodiscard]] std::optional<std::uint64_t> start_time(Tid tid) const;

 private:
  struct Known {
    Tid tid;
    std::uint32_t request = 0;  // where it stands; 0: it is not known
    std::uint64_t start_time = 0;
  };
  [[nodiscard]] const Known* find(Tid tid) const;

  std::vector<Known> known_;                   // ascending
  std::vector<CpuSet> requests_ = {CpuSet()};  // mostly, many threads in a row have the same
};

}  // namespace pinfold

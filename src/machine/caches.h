// Who shares a cache: cpuN/cache/indexM.
#pragma once

#include <vector>

#include "machine/cpu_path.h"
#include "machine/facts.h"
#include "machine/folder.h"

namespace pinfold {

/// The caches of the levels l1d, l2, l3 that are wanted. What index M is says each CPU for itself,
/// in two files, and the cores of one machine may differ. So it is learnt from one CPU and holds
/// for another if the cache there has the same size and no other index has that; else that CPU's
/// files are read.
class Caches {
 public:
  Caches(MachineParts wanted, Folder& cpus);

  /// Sees to it that the caches of `cpu` are known.
  void visit(CpuId cpu);

  void move_to(PerLevel<std::vector<Object>>& objects);

 private:
  struct Wanted {
    Level level;
    std::vector<Object> objects = {};
    CpuSet seen = {};
  };
  struct Index {
    std::optional<Level> level;  // nothing: an instruction cache, or one that nobody asks for
    std::uint64_t size = 0;
  };
  struct Found {
    unsigned index;
    std::uint64_t size;
  };
  struct Size {
    CpuId cpu;
    unsigned index;
    std::uint64_t size;
  };

  void read(CpuId cpu, Wanted& wanted);
  void learn(CpuId cpu);
  std::optional<Found> find(CpuId cpu, Level level);
  [[nodiscard]] std::optional<unsigned> learnt(Level level) const;
  [[nodiscard]] bool size_tells(std::uint64_t size) const;
  bool ends_as_learnt(CpuId cpu);
  std::optional<Level> level_of(CpuId cpu, unsigned index);
  std::optional<Level> with_type(CpuId cpu, unsigned index, long level);
  std::uint64_t size_of(CpuId cpu, unsigned index);
  const char* path(CpuId cpu, unsigned index, const char* file);

  Folder& cpus_;
  std::vector<Wanted> wanted_;
  std::vector<Index> layout_;  // of the CPU learnt last
  std::optional<CpuId> learnt_from_;
  std::optional<Size> last_size_;
  bool masks_only_ = false;  // before 2.6.26 there were no lists
  CpuPath path_;
};

}  // namespace pinfold

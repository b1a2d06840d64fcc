// cpuN/topology: with whom a CPU shares its core, cluster, die, package, book and drawer.
#pragma once

#include <optional>
#include <vector>

#include "machine/facts.h"
#include "sim/files/content_store.h"
#include "sim/files/machine_view.h"

namespace pinfold::sim {

class CpuTopology {
 public:
  /// `view` and `contents` must outlive it.
  CpuTopology(const MachineView& view, ContentStore& contents);

  /// Fills the folder of a CPU that is online.
  void add(FileTree& tree, FileTree::FolderId folder, CpuId cpu);

 private:
  // The files that tell of one domain.
  struct Domain {
    ContentStore::Id id, list, mask;
  };
  // A level of which a kernel may know nothing: then there are no such files.
  class Partial {
   public:
    Partial(std::span<const Object> objects, ContentStore& contents);
    [[nodiscard]] bool exists() const { return !domains_.empty(); }
    Domain of(CpuId cpu, ContentStore& contents) const;
    /// In place of the number that each object has by itself.
    void number(std::size_t object, ContentStore::Id id) { domains_[object].id = id; }

   private:
    std::vector<Domain> domains_;
    Membership membership_;
  };

  void number_dies();

  const MachineView& view_;
  ContentStore& contents_;
  std::vector<Domain> packages_;
  std::vector<Domain> cores_;
  Partial dies_;
  Partial clusters_;
  Partial drawers_;
  Partial books_;
};

}  // namespace pinfold::sim

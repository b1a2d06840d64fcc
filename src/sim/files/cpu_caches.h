// cpuN/cache: the caches of a CPU, and with whom it shares them.
#pragma once

#include <vector>

#include "sim/files/content_store.h"
#include "sim/files/machine_view.h"

namespace pinfold::sim {

class CpuCaches {
 public:
  CpuCaches(const Machine& machine, ContentStore& contents);

  /// Adds the folder `cache` to that of a CPU that is online, if it has any.
  void add(FileTree& tree, FileTree::FolderId cpu_folder, CpuId cpu) const;

 private:
  // Of the files of an index, those that differ from cache to cache; the others differ by level.
  struct Cache {
    ContentStore::Id id, list, mask;
    bool sized = false;  // a kernel that does not know the size has none of these files
    ContentStore::Id size{}, ways{}, sets{};
  };
  struct Kind {
    Kind(std::span<const Object> objects, ContentStore& contents, int number,
         const char* type_name);

    ContentStore::Id level, type;
    std::vector<Cache> caches;
    Membership membership;
  };

  static void add_index(FileTree& tree, FileTree::FolderId folder, const Kind& kind,
                        const Cache& cache, ContentStore::Id line, ContentStore::Id one,
                        ContentStore::Id nothing);

  std::vector<Kind> kinds_;
  ContentStore::Id line_;
  ContentStore::Id one_;
  ContentStore::Id nothing_;
};

}  // namespace pinfold::sim

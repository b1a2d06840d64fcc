// ContentStore of many small files, made once each.
#pragma once

#include <string_view>
#include <vector>

#include <pinfold/cpu_set.h>

#include "sim/files/file_tree.h"

namespace pinfold::sim {

class ContentStore {
 public:
  using Id = FileTree::ContentId;

  /// `tree` must outlive it; masks have `bits` bits.
  ContentStore(FileTree& tree, unsigned bits) : tree_(tree), bits_(bits) {}

  Id text(std::string_view text) { return tree_.content(text); }
  /// With a line feed.
  Id number(long number);
  Id list(const CpuSet& set);
  Id mask(const CpuSet& set);

 private:
  FileTree& tree_;
  unsigned bits_;
  std::vector<Id> numbers_;  // 0, 1, 2, … as far as they were asked for
};

}  // namespace pinfold::sim

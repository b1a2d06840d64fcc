// The boxes of a picture, out of the tree of a machine; where they stand is not known yet.
#pragma once

#include <span>
#include <vector>

#include "topo/boxes.h"

namespace pinfold::tool {

/// In one box that stands for the page.
Box box_tree(const Machine& machine, const MachineTree& tree, const Scale& scale);

/// Whether neighbours stand in rows together. Cores do, and other boxes, and nodes without CPUs;
/// each kind of CPUs has rows of its own.
bool stand_together(const Box& a, const Box& b);

/// Neighbours that stand in rows together.
template <class Boxes>
auto runs_of(Boxes& boxes) {
  std::vector<decltype(std::span(boxes))> runs;
  for (std::size_t i = 0, end = 0; i < boxes.size(); i = end) {
    for (end = i + 1; end < boxes.size() && stand_together(boxes[i], boxes[end]);)
      ++end;
    runs.push_back(std::span(boxes).subspan(i, end - i));
  }
  return runs;
}

}  // namespace pinfold::tool

// A matrix with all that is told of it.
#pragma once

#include <vector>

#include <pinfold/machine.h>

#include "measure/matrix.h"
#include "measure/matrix_summary.h"
#include "measure/surroundings.h"

namespace pinfold::tool {

struct MatrixReport {
  Machine machine;
  measure::Matrix matrix;
  unsigned rounds = 0;   ///< round trips in a sample
  unsigned samples = 0;  ///< of each pair
  std::vector<measure::Doubt> doubts = {};
};

/// Pairs that have no number for one reason.
struct Refused {
  std::string reason;
  std::vector<std::pair<CpuId, CpuId>> pairs = {};
};

/// The most pairs first.
std::vector<Refused> refused_pairs(const measure::Matrix& matrix);

/// "0-1, 0-2 and 14 others"
std::string pairs_text(const Refused& refused);

/// "8.13" below ten, "48.2" below a hundred, "142" beyond: three digits, as many as repeat.
std::string ns_text(double ns);
/// The same in three characters, where it is below 1000: "8.1", "48".
std::string short_ns_text(double ns);

/// What the numbers mean, in a sentence or two: which CPUs are near each other, and by how much.
std::string conclusion(const std::vector<measure::SharingLatency>& kinds);

}  // namespace pinfold::tool

// Which pairs of CPUs are measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <pinfold/machine.h>
#include <pinfold/result.h>

#include "ground.h"
#include "measure/sharing.h"

namespace pinfold::tool {

struct Pairs {
  Ground ground;
  std::vector<measure::CpuPair> pairs;
};

/// One pair that was named by its CPUs, or one for each kind of sharing within `on`. Kind `syntax`
/// for what is no number of a CPU; find_ground()'s errors. `first` and `second` are both given or
/// neither is.
Result<Pairs> find_pairs(const std::optional<std::string>& on,
                         const std::optional<std::string>& first,
                         const std::optional<std::string>& second);

/// The kinds of sharing of which there is no pair, from SMT siblings on, as words for a note: "SMT
/// siblings, same node". Empty where there are all.
std::string missing_text(const std::vector<measure::CpuPair>& pairs);

}  // namespace pinfold::tool

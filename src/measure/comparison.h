// How the rows of `bench pair` compare with each other.
#pragma once

#include <vector>

#include <pinfold/machine.h>

#include "measure/pair.h"

namespace pinfold::measure {

struct Comparison {
  Sharing sharing = Sharing::cpu;
  Sharing with = Sharing::cpu;
  double ratio = 1;      ///< of the medians of real time
  bool differs = false;  ///< the middle halves of their rounds have nothing in common
};

/// Each row with that in which the two have a core each and share the least, of those on CPUs of
/// the same kinds. Rows without numbers are left out, and those that find none to compare with.
std::vector<Comparison> compare(const Machine& machine, const PairReport& report);

}  // namespace pinfold::measure

// The curves: which rows show how something grows.
#pragma once

#include <string>
#include <vector>

#include "document/chart.h"
#include "document/results.h"

namespace pinfold::bench {

struct GrowthPicture {
  std::string file;  ///< "growth-model.svg"
  std::string text;  ///< what is seen, below it
  Chart chart;
};

/// Without the curves of which no row was measured, and without what has none then.
std::vector<GrowthPicture> growth_pictures(const Results& results);

}  // namespace pinfold::bench

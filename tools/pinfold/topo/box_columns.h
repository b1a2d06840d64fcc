// How many boxes stand beside each other, so that a picture looks well.
#pragma once

#include "topo/box_measure.h"

namespace pinfold::tool {

/// For a page that is at least `width` wide.
Columns choose_columns(const Box& page, BoxMeasure& measure, int width);

}  // namespace pinfold::tool

// The boxes of a picture, drawn.
#pragma once

#include "topo/boxes.h"
#include "topo/notes.h"
#include "topo/svg.h"

namespace pinfold::tool {

void paint_boxes(Svg& svg, const Pictured& pictured, const Box& page);

}  // namespace pinfold::tool

// A machine as a picture for a report.
#pragma once

#include <span>
#include <string>

#include <pinfold/machine.h>

#include "topo/pinned.h"

namespace pinfold::tool {

/// An SVG document, the same for the same machine: boxes within boxes, a cell for each online CPU,
/// limits hatched; below it, what that means.
std::string picture(const Machine& machine);

/// The same with bars in the cells of CPUs to which tasks are pinned.
std::string picture(const Machine& machine, std::span<const Pinned> tasks);

}  // namespace pinfold::tool

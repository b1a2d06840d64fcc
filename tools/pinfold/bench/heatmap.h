// A matrix as a picture for a report.
#pragma once

#include <string>

#include "bench/matrix_report.h"

namespace pinfold::tool {

/// An SVG document, the same for the same report: a row and a column for each CPU, in the order of
/// the machine, with gaps and outlines where another core, cache, node or package begins.
std::string heatmap(const MatrixReport& report);

}  // namespace pinfold::tool

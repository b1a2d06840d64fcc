// A matrix as text for a terminal of 80 columns.
#pragma once

#include <string>

#include "bench/matrix_report.h"

namespace pinfold::tool {

/// Of up to 16 CPUs each pair, of more what lies between caches, nodes or packages; kinds of pairs,
/// a conclusion, and what speaks against it.
std::string matrix_text(const MatrixReport& report);

/// "cpu_a,cpu_b,sharing,one_way_ns,low_ns,high_ns,samples,reason": a line a pair, a number that is
/// not there is empty.
std::string matrix_csv(const MatrixReport& report);

}  // namespace pinfold::tool

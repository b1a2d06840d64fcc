// A matrix as JSON, and back: measured on one machine, drawn on another.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "bench/matrix_report.h"

namespace pinfold::tool {

/// One object in a line: how it was measured, what the machine is made of, the kinds of pairs, and
/// each pair with its number, or null and the reason.
std::string matrix_json(const MatrixReport& report);

/// What matrix_json() has written. Kind `unsupported`, with the reason, for anything else.
Result<MatrixReport> parse_matrix(std::string_view json);

/// To a hundredth: what is behind that is chance.
double hundredths(double number);

}  // namespace pinfold::tool

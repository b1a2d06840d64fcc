// Rows as tables, and what is said of one.
#pragma once

#include <span>
#include <string>

#include "document/results.h"

namespace pinfold::bench {

/// What stands for the ratio, with its unit and sign: "0.391", "+12.3 ns", "4.56 ms".
std::string ratio_text(const Line& line, double ratio);

/// "0.8", "+35 ns", "5 ms"; "–" where there is none.
std::string reach_text(const Line& line);

/// "0.381 to 0.402"; "–" where there are no rounds to differ.
std::string half_text(const Line& line);

/// "reached", "**short**, by 3.1 %", "–".
std::string verdict(const Line& line);

/// The rows side by side with what they should reach.
std::string table_of(std::span<const Line* const> lines);

/// Rows for information: the same without a reach.
std::string table_without_reach(std::span<const Line* const> lines);

}  // namespace pinfold::bench

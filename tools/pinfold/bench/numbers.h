// Numbers with their spread, as text and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "measure/statistics.h"
#include "measure/surroundings.h"

namespace pinfold::tool {

using Json = nlohmann::ordered_json;

/// Three digits that say something, and no more: "40.2", "0.913", "1250".
std::string digits(double number);

/// "40.2 (39.8-41.0)": the median and the middle half, divided by `unit`.
std::string spread_text(const measure::Spread& spread, double unit);

/// {"median","low","high","least","most","count"}.
Json spread_json(const measure::Spread& spread);

/// [{"kind","spoils","text"}].
Json doubts_json(std::span<const measure::Doubt> doubts);

/// Lines of cells as columns; those of `right` stand at the right of theirs. Ends with a line feed.
std::string columns(const std::vector<std::vector<std::string>>& lines,
                    std::span<const std::size_t> right);

}  // namespace pinfold::tool

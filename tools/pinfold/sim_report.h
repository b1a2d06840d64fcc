// sim --report: who set what.
#pragma once

#include <optional>
#include <string>

#include "sim/record.h"

namespace pinfold::tool {

/// One object and a line feed.
std::string report_json(const sim::Record& record);
std::string report_text(const sim::Record& record);

}  // namespace pinfold::tool

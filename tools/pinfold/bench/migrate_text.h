// What `bench migrate` found, as text and JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/numbers.h"
#include "measure/migrate.h"

namespace pinfold::tool {

/// "32 KiB", "64 MiB".
std::string working_set_text(std::size_t bytes);

/// What a move costs at most, in a sentence for each pair; only what is larger than the spread.
std::string conclusion(const measure::MigrateReport& report);

/// A table for each pair, and the conclusion below them, in lines of at most 80 columns.
std::string migrate_text(const measure::MigrateReport& report);

Json migrate_json(const measure::MigrateReport& report);

}  // namespace pinfold::tool

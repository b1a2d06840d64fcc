// What `bench pair` found, as text and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include <pinfold/machine.h>

#include "bench/numbers.h"
#include "measure/pair.h"

namespace pinfold::tool {

/// What the rows say, in sentences; nothing where no two can be compared.
std::string conclusion(const Machine& machine, const measure::PairReport& report);

/// The table, and the conclusion below it, in lines of at most 80 columns.
std::string pair_text(const Machine& machine, const measure::PairReport& report);

Json pair_json(const Machine& machine, const measure::PairReport& report);

}  // namespace pinfold::tool

// The rules by which Perfetto's trace_processor puts packets together, as its source has them.
#pragma once

#include <string_view>

#include "perfetto/parsed_trace.h"

namespace pinfold::test {

bool is_utf8(std::string_view text);

/// Adds to the problems what it would count as an error, or take for something else.
void find_broken_rules(ParsedTrace& trace);

}  // namespace pinfold::test

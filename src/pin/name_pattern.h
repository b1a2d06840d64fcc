// Names with `*` and `?`.
#pragma once

#include <string_view>

namespace pinfold {

/// Whether the pattern fits the whole name. `*` is any text, `?` one character of UTF-8.
bool matches_name(std::string_view pattern, std::string_view name);

}  // namespace pinfold

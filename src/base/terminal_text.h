// Text from elsewhere (names of programs, files, cgroups), made safe to print.
#pragma once

#include <string>
#include <string_view>

namespace pinfold {

/// `text` as valid UTF-8 with nothing in it that a terminal obeys: control characters, broken
/// UTF-8 and marks that reorder text stand as `\xNN`. Right for JSON strings too.
std::string safe_text(std::string_view text);

}  // namespace pinfold

// Text for a terminal of 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace pinfold::tool {

/// `text` behind `head`, broken at spaces into lines of at most 80 columns, the later ones below
/// the beginning of the text. Ends with a line feed.
std::string paragraph(std::string_view text, std::string_view head = {});

}  // namespace pinfold::tool

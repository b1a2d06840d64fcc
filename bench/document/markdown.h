// Markdown, as GitHub reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pinfold::bench {

/// Text as it stands, in a cell of a table too: nothing in it means anything to Markdown.
std::string markdown_text(std::string_view text);

/// A table; the cells are Markdown. Columns whose head begins with a space stand at the right.
std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows);

}  // namespace pinfold::bench

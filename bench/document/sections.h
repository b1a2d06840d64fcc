// What shall be reached, and which rows show whether it is.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::bench {

/// Whether a row has that name; '*' in a pattern stands for any text.
bool is_named(const std::string& name, const char* pattern);

/// One number to reach, or some that belong together.
struct Section {
  const char* title;
  const char* wanted;             ///< what shall be reached, in Markdown
  std::vector<const char*> rows;  ///< patterns of their names
  const char* elsewhere = "";     ///< what no row shows, and what shows it; in Markdown
};

/// Those of DESIGN.md's "Numbers to reach", in its order.
std::span<const Section> sections();

/// Why a row is short, where it is, in Markdown; empty where nobody has found out yet.
std::string_view reason_for(const std::string& name);

}  // namespace pinfold::bench

#include "pin/name_pattern.h"

#include <cstddef>

namespace pinfold {
namespace {

// The bytes of the character at `at`: those that go on with it follow the first.
std::size_t character(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    ++end;
  return end - at;
}

}  // namespace

bool matches_name(std::string_view pattern, std::string_view name) {
  // Where the last `*` stands, and how much of the name it takes: more, each time what follows
  // does not fit.
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  std::size_t at = 0;
  std::size_t in_name = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = in_name;
    } else if (at < pattern.size() && pattern[at] == '?') {
      ++at;
      in_name += character(name, in_name);
    } else if (at < pattern.size() && pattern[at] == name[in_name]) {
      ++at;
      ++in_name;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in_name = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace pinfold

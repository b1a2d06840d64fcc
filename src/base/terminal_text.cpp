#include "base/terminal_text.h"

#include <cstdint>

namespace pinfold {
namespace {

// The length of the UTF-8 character at the start of `text` and its code point; length 0 when
// it is broken (cut short, overlong, a surrogate, beyond U+10FFFF).
struct Character {
  std::size_t length = 0;
  std::uint32_t code = 0;
};

Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length == 0 || lead > 0xf4 || text.size() < length) return {};
  std::uint32_t code = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {length, code};
}

bool obeyed_by_terminals(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) ||         // C0, DEL, C1
         code == 0x061c || (code >= 0x200b && code <= 0x200f) ||  // invisible, direction marks
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

}  // namespace

std::string safe_text(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const auto [length, code] = decode(text);
    if (length > 0 && !obeyed_by_terminals(code)) {
      safe += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    for (std::size_t i = 0, n = length == 0 ? 1 : length; i < n; ++i) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(text[i]);
      safe += "\\x";
      safe += digits[byte >> 4];
      safe += digits[byte & 0xfU];
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return safe;
}

}  // namespace pinfold

#include <algorithm>
#include <optional>

#include "base/terminal_text.h"
#include "require.h"

namespace pinfold::fuzz {
namespace {

// Takes one character off the front; nothing when it is not well-formed by table 3-7 of the
// Unicode Standard.
std::optional<std::uint32_t> take_character(std::string_view& text) {
  struct Row {
    std::uint8_t lead_from, lead_to, second_from, second_to;
    std::size_t length;
  };
  static constexpr Row rows[] = {
      {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
      {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
      {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
  };
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto row = std::ranges::find_if(
      rows, [&](const Row& r) { return byte(0) >= r.lead_from && byte(0) <= r.lead_to; });
  if (row == std::end(rows) || text.size() < row->length) return std::nullopt;
  if (row->length > 1 && (byte(1) < row->second_from || byte(1) > row->second_to)) {
    return std::nullopt;
  }
  std::uint32_t code = row->length == 1 ? byte(0) : byte(0) & (0x3fU >> (row->length - 1));
  for (std::size_t i = 1; i < row->length; ++i) {
    if (i > 1 && (byte(i) < 0x80 || byte(i) > 0xbf)) return std::nullopt;
    code = code << 6 | (byte(i) & 0x3fU);
  }
  text.remove_prefix(row->length);
  return code;
}

bool is_control_or_bidi(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c ||
         (code >= 0x200e && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const std::string safe = safe_text(text);

  for (std::string_view rest = safe; !rest.empty();) {
    const auto code = take_character(rest);
    require(code.has_value(), "the output is valid UTF-8");
    require(!is_control_or_bidi(*code), "nothing in it is obeyed by a terminal");
  }
  require(safe_text(safe) == safe, "safe text stays as it is");
  require(safe.size() >= text.size() && safe.size() <= 4 * text.size(),
          "a byte becomes itself or \\xNN");
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) {
    require(safe == text, "plain text stays as it is");
  }
  return 0;
}

#include "size_text.h"

#include "base/number.h"

namespace pinfold::tool {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  unsigned shift = 0;
  if (text.ends_with('K')) shift = 10;
  if (text.ends_with('M')) shift = 20;
  if (text.ends_with('G')) shift = 30;
  if (shift != 0) text.remove_suffix(1);
  const auto number = parse_number<std::uint32_t>(text);
  if (!number) return std::nullopt;
  return std::uint64_t{*number} << shift;
}

}  // namespace pinfold::tool

#include "base/number.h"

#include <limits>
#include <optional>

#include "require.h"

namespace pinfold::fuzz {
namespace {

std::optional<unsigned> digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

// The slow and obvious way, in a type that is wide enough for all of them.
template <class T>
std::optional<T> by_hand(std::string_view text, unsigned base) {
  const bool negative = std::numeric_limits<T>::is_signed && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  __extension__ typedef __int128 Wide;
  Wide value = 0;
  for (const char c : text) {
    const auto digit = digit_value(c);
    if (!digit || *digit >= base) return std::nullopt;
    value = value * base + *digit;
    if (value > (Wide{1} << 65)) value = Wide{1} << 65;
  }
  if (negative) value = -value;
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
    return std::nullopt;
  }
  return static_cast<T>(value);
}

template <class T>
void check(std::string_view text, int base) {
  const auto number = parse_number<T>(text, base);
  const auto expected = by_hand<T>(text, static_cast<unsigned>(base));
  require(number.has_value() == expected.has_value(), "the whole text is a number that fits");
  if (number) {
    require(*number == *expected, "the number is what the digits say");
  } else {
    require_good_error(number.error(), text);
  }
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  check<int>(text, 10);
  check<unsigned>(text, 10);
  check<std::uint64_t>(text, 10);
  check<long>(text, 16);
  return 0;
}

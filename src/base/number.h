// Whole numbers from text, strictly.
#pragma once

#include <charconv>
#include <concepts>
#include <string_view>
#include <system_error>

#include <pinfold/result.h>

namespace pinfold {

/// The number that `text` is, wholly: no sign before an unsigned one, no space, nothing
/// behind it. Errors are of kind `syntax` with the column.
template <std::integral T>
Result<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const auto column = static_cast<std::size_t>(end - text.data());
  if (status == std::errc() && column == text.size()) return value;
  Error error{.kind = ErrorKind::syntax, .text = std::string(text), .reason = "", .column = column};
  if (text.empty()) {
    error.reason = "a number is missing";
  } else if (status == std::errc::result_out_of_range) {
    error.reason = "the number is too large";
    error.column = 0;
  } else if (status != std::errc()) {
    error.reason = "not a number";
  } else {
    error.reason = "unexpected text after the number";
  }
  return fail(std::move(error));
}

}  // namespace pinfold

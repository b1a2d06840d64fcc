// Reads a machine's description from left to right.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include <pinfold/result.h>

namespace pinfold {

/// Columns and errors are always those of the whole text, also where a part of it is read.
class DescriptionCursor {
 public:
  explicit DescriptionCursor(std::string_view text)
      : DescriptionCursor(text, 0, std::string_view::npos) {}
  DescriptionCursor(std::string_view text, std::size_t begin, std::size_t end)
      : text_(text), at_(begin), end_(std::min(end, text.size())) {}

  [[nodiscard]] std::size_t column() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  /// The next character, NUL at the end.
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] bool at_digit() const { return peek() >= '0' && peek() <= '9'; }
  [[nodiscard]] bool at_letter() const {
    return std::isalpha(static_cast<unsigned char>(peek())) != 0;
  }

  bool take(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }

  /// Whether there was a space or a tab.
  bool take_spaces() {
    const std::size_t before = at_;
    while (peek() == ' ' || peek() == '\t')
      ++at_;
    return at_ != before;
  }

  /// Letters and the letters, digits and underscores behind them, in lower case.
  std::string take_word() {
    std::string word;
    while (at_letter() || (!word.empty() && (at_digit() || peek() == '_')))
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[at_++])));
    return word;
  }

  /// What stands before the next of `ends`, without the spaces around it.
  std::string_view take_until(std::string_view ends) {
    take_spaces();
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(ends, at_), end_);
    std::string_view taken = text_.substr(begin, at_ - begin);
    while (taken.ends_with(' ') || taken.ends_with('\t'))
      taken.remove_suffix(1);
    return taken;
  }

  /// A decimal number up to `largest`. hwloc takes one with a leading zero as octal: an error.
  template <class T>
  Result<T> take_number(T largest) {
    T number{};
    const char* const begin = text_.data() + at_;
    const auto [end, status] = std::from_chars(begin, text_.data() + end_, number);
    if (status == std::errc::invalid_argument) return wrong("a number is missing");
    if (*begin == '0' && end != begin + 1) return wrong("a number with a leading zero");
    if (status != std::errc() || number > largest) {
      return wrong("the number is too large: up to " + std::to_string(largest) + " is possible");
    }
    at_ += static_cast<std::size_t>(end - begin);
    return number;
  }

  /// An error at the next character.
  [[nodiscard]] std::unexpected<Error> wrong(std::string reason) const {
    return wrong_at(at_, std::move(reason));
  }
  [[nodiscard]] std::unexpected<Error> wrong_at(std::size_t column, std::string reason) const {
    return fail({.kind = ErrorKind::syntax,
                 .text = std::string(text_),
                 .reason = std::move(reason),
                 .column = column});
  }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t end_;
};

}  // namespace pinfold

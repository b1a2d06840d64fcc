// Text of a drawing: how wide it is on a terminal, and what stands out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::tool {

enum class Charset {
  ascii,
  unicode
};

enum class Style {
  plain,
  strong,
  faint
};

/// How a drawing is to look.
struct Look {
  std::size_t width = 80;  ///< columns; no line is longer
  Charset charset = Charset::unicode;
  bool styled = false;  ///< with a terminal's escape sequences for Style

  [[nodiscard]] std::string_view ellipsis() const;
};

/// How many columns valid UTF-8 takes, where every character takes one.
std::size_t width_of(std::string_view utf8);

/// The same of names from elsewhere, at most: a character that is not ASCII may take two.
std::size_t most_columns(std::string_view utf8);

/// Its first character, with all its bytes. `utf8` is not empty.
std::string_view first_character(std::string_view utf8);

/// A name from elsewhere, safe to print, in the characters of `look`.
std::string printable(std::string_view text, const Look& look);

/// The same, in at most so many columns.
std::string name_text(std::string_view name, std::size_t columns, const Look& look);

class Text {
 public:
  Text& add(std::string_view text, Style style = Style::plain);
  Text& add(const Text& text);
  /// Spaces, until it is `width` columns wide.
  Text& pad(std::size_t width);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] bool empty() const { return spans_.empty(); }
  /// In lines of at most `width` columns, broken at gaps of two spaces, or where the style changes;
  /// all but the first begin with `indent`.
  [[nodiscard]] std::vector<Text> broken(std::size_t width, const Text& indent) const;
  /// Without spaces at the end.
  [[nodiscard]] std::string str(bool styled) const;

 private:
  struct Span {
    std::string text;
    Style style;
  };

  std::vector<Span> spans_;
  std::size_t width_ = 0;
};

/// `words`, `gap` spaces between two of them, in lines of at most `width` columns. A word that is
/// longer is broken behind a comma, or where the line ends.
std::vector<std::string> wrap(const std::vector<std::string>& words, std::size_t gap,
                              std::size_t width);

/// A list's words: it may be broken behind its commas.
std::vector<std::string> words_of_list(std::string_view list);

/// "512 KiB", "1.25 MiB", "62.7 GiB"
std::string size_text(std::uint64_t bytes);

/// "1 core", "8 cores"
std::string count_text(std::size_t count, std::string_view singular, std::string_view plural);

}  // namespace pinfold::tool

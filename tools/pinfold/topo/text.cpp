#include "topo/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/terminal_text.h"

namespace pinfold::tool {
namespace {

const char* escape(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::strong:
      return "\x1b[1m";
    case Style::faint:
      return "\x1b[2m";
  }
  return "";
}

std::size_t break_of(std::string_view word, std::size_t width) {
  const std::size_t comma = word.substr(0, width).rfind(',');
  return comma == std::string_view::npos ? width : comma + 1;
}

}  // namespace

std::string_view Look::ellipsis() const { return charset == Charset::unicode ? "…" : "..."; }

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

std::size_t most_columns(std::string_view utf8) {
  const auto wide = std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0xc0; });
  return width_of(utf8) + static_cast<std::size_t>(wide);
}

std::string_view first_character(std::string_view utf8) {
  std::size_t length = 1;
  while (length < utf8.size() && (static_cast<unsigned char>(utf8[length]) & 0xc0U) == 0x80)
    ++length;
  return utf8.substr(0, length);
}

std::string printable(std::string_view text, const Look& look) {
  std::string safe = safe_text(text);
  if (look.charset == Charset::unicode) return safe;
  std::erase_if(safe, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; });
  std::ranges::replace_if(
      safe, [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }, '?');
  return safe;
}

std::string name_text(std::string_view name, std::size_t columns, const Look& look) {
  std::string whole = printable(name, look);
  if (most_columns(whole) <= columns) return whole;
  std::string text;
  for (std::string_view rest = whole; !rest.empty();) {
    const std::string_view next = first_character(rest);
    if (most_columns(text) + most_columns(next) + look.ellipsis().size() > columns) break;
    text += next;
    rest.remove_prefix(next.size());
  }
  return text + std::string(look.ellipsis());
}

Text& Text::add(std::string_view text, Style style) {
  if (text.empty()) return *this;
  width_ += width_of(text);
  if (!spans_.empty() && spans_.back().style == style) {
    spans_.back().text += text;
  } else {
    spans_.push_back({std::string(text), style});
  }
  return *this;
}

Text& Text::add(const Text& text) {
  for (const Span& span : text.spans_)
    add(span.text, span.style);
  return *this;
}

Text& Text::pad(std::size_t width) {
  if (width > width_) add(std::string(width - width_, ' '));
  return *this;
}

std::vector<Text> Text::broken(std::size_t width, const Text& indent) const {
  std::vector<Text> lines(1);
  for (const Span& span : spans_) {
    std::string_view rest = span.text;
    while (!rest.empty()) {
      // Spaces, and what stands up to the next gap.
      const std::size_t word = std::min(rest.find_first_not_of(' '), rest.size());
      const std::size_t end = std::min(rest.find("  ", word), rest.size());
      std::string_view text = rest.substr(0, end);
      rest.remove_prefix(end);
      const std::size_t needed = word == end ? 0 : width_of(text);
      if (lines.back().width() + needed > width) {
        lines.push_back(indent);
        text.remove_prefix(word);
      }
      lines.back().add(text, span.style);
    }
  }
  return lines;
}

std::string Text::str(bool styled) const {
  std::string text;
  for (const Span& span : spans_) {
    const bool marked = styled && span.style != Style::plain;
    if (marked) text += escape(span.style);
    text += span.text;
    if (marked) text += "\x1b[0m";
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::vector<std::string> wrap(const std::vector<std::string>& words, std::size_t gap,
                              std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  for (const std::string& word : words) {
    std::string_view rest = word;
    const std::size_t space = line.empty() ? 0 : gap;
    if (!line.empty() && width_of(line) + space + width_of(rest) > width) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line.append(gap, ' ');
    while (width_of(rest) > width) {
      const std::size_t cut = break_of(rest, width);
      lines.emplace_back(rest.substr(0, cut));
      rest.remove_prefix(cut);
    }
    line += rest;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> words_of_list(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::size_t end = comma == std::string_view::npos ? list.size() : comma + 1;
    words.emplace_back(list.substr(0, end));
    list.remove_prefix(end);
  }
  return words;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.*f", decimals, value);
  std::string text = digits.data();
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text + ' ' + units.at(unit);
}

std::string count_text(std::size_t count, std::string_view singular, std::string_view plural) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? singular : plural);
}

}  // namespace pinfold::tool

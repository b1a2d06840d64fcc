#include "paragraph.h"

#include <algorithm>

namespace pinfold::tool {
namespace {

constexpr std::size_t columns = 80;

// Of UTF-8, every byte that begins a character.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

}  // namespace

std::string paragraph(std::string_view text, std::string_view head) {
  const std::size_t indent = width(head);
  std::string lines(head);
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (column > indent && column + 1 + width(word) > columns) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += width(word);
  }
  return lines + '\n';
}

}  // namespace pinfold::tool

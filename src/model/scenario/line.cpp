#include "model/scenario/line.h"

#include <algorithm>

namespace pinfold::model {
namespace {

constexpr std::string_view space = " \t\r";

std::string_view without_space_at_end(std::string_view text) {
  const auto last = text.find_last_not_of(space);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::size_t word_start(std::string_view text, std::size_t from) {
  return std::min(text.find_first_not_of(space, from), text.size());
}

std::size_t word_end(std::string_view text, std::size_t from) {
  return std::min(text.find_first_of(space, from), text.size());
}

}  // namespace

Line::Line(std::string_view line) : line_(line), operation_(line) {
  std::optional<std::size_t> arrow;
  std::size_t end = line.size();
  for (std::size_t at = word_start(line, 0); at < line.size();) {
    if (line[at] == '#') {
      end = at;
      break;
    }
    const std::size_t behind = word_end(line, at);
    if (!arrow && line.substr(at, behind - at) == "=>") arrow = at;
    at = word_start(line, behind);
  }
  const std::string_view without_comment = line.substr(0, end);
  operation_ = without_space_at_end(without_comment.substr(0, arrow.value_or(end)));
  if (arrow) {
    const std::string_view text = without_space_at_end(without_comment);
    const std::size_t start = std::min(word_start(text, *arrow + 2), text.size());
    expected_ = Word{.text = text.substr(start), .column = start};
  }
  skip_space();
}

void Line::skip_space() { next_ = word_start(operation_, next_); }

Line::Word Line::peek() const {
  return {.text = operation_.substr(next_, word_end(operation_, next_) - next_), .column = next_};
}

Line::Word Line::next() {
  const Word word = peek();
  next_ += word.text.size();
  skip_space();
  return word;
}

Line::Word Line::rest() {
  const Word word{.text = operation_.substr(next_), .column = next_};
  next_ = operation_.size();
  return word;
}

std::unexpected<Error> Line::wrong(std::size_t column, std::string reason) const {
  return fail({.kind = ErrorKind::syntax,
               .text = std::string(line_),
               .reason = std::move(reason),
               .column = column});
}

}  // namespace pinfold::model

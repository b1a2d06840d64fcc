// What every fuzz target asks of a parser.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

#include <pinfold/error.h>

namespace pinfold::fuzz {

/// Aborts, which the fuzzer takes as a finding, unless `kept`.
inline void require(bool kept, const char* promise,
                    std::source_location where = std::source_location::current()) {
  if (kept) return;
  std::fprintf(stderr, "%s:%u: broken promise: %s\n", where.file_name(),
               static_cast<unsigned>(where.line()), promise);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// An error about `text` has a reason and a column inside it, and can be shown to people.
inline void require_good_error(const Error& error, std::string_view text,
                               ErrorKind kind = ErrorKind::syntax) {
  require(error.kind == kind, "the error is of its kind");
  require(error.text == text, "the error carries the text");
  require(!error.reason.empty(), "the error has a reason");
  require(error.column <= text.size(), "the column lies inside the text");
  const auto obeyed = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 ? c != '\n' : c == 0x7f;
  };
  const std::string shown = message(error);
  require(std::ranges::none_of(shown, obeyed), "the message is safe for a terminal");
  require(std::ranges::count(shown, '\n') == (text.empty() ? 0 : 2),
          "the message is the reason, the text and a caret");
}

}  // namespace pinfold::fuzz

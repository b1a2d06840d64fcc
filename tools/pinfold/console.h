// Messages to the person at the terminal: on stderr, never among the data.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include <pinfold/error.h>

namespace pinfold::tool {

enum class Color {
  automatic,
  always,
  never
};

/// "auto", "always", "never".
bool parse_color(std::string_view text, Color& color);

/// For all that follows.
void use_color(Color color);

/// Whether what goes to `stream` is to be colored: as chosen, or where it is a terminal.
bool has_color(std::FILE* stream);

/// `text` in bold, where what goes to `stream` is to be colored.
std::string emphasized(std::string_view text, std::FILE* stream);

/// "pinfold: MESSAGE", then the file and the way out, indented.
void print_error(const Error& error);
/// "pinfold: MESSAGE".
void print_error(std::string_view text);
/// "pinfold: note: dropped: MESSAGE", for CPUs that cannot be used and are not insisted on.
void print_dropped(const Error& reason);
/// "pinfold: note: MESSAGE".
void print_note(std::string_view text);
/// The note on `count` processes that a selection could not look at, if any.
void print_hidden(std::size_t count);
/// "  MESSAGE": the way out that belongs to the message before.
void print_hint(std::string_view text);

}  // namespace pinfold::tool

// Messages to the person at the terminal: on stderr, never among the data.
#pragma once

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

/// For the messages that follow.
void use_color(Color color);

/// "pinfold: MESSAGE", then the file and the way out, indented.
void print_error(const Error& error);
/// "pinfold: MESSAGE".
void print_error(std::string_view text);
/// "pinfold: note: MESSAGE".
void print_note(std::string_view text);
/// "  MESSAGE": the way out that belongs to the message before.
void print_hint(std::string_view text);

}  // namespace pinfold::tool

#include "console.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/terminal_text.h"

namespace pinfold::tool {
namespace {

Color chosen = Color::automatic;

// One write, so that lines of several processes do not mix.
void write_line(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

std::string styled(const char* style, std::string_view text) {
  if (!has_color(stderr)) return std::string(text);
  return std::string("\x1b[") + style + 'm' + std::string(text) + "\x1b[0m";
}

constexpr const char* bold_red = "1;31";
constexpr const char* bold = "1";
constexpr const char* dim = "2";

}  // namespace

bool parse_color(std::string_view text, Color& color) {
  if (text == "auto") {
    color = Color::automatic;
  } else if (text == "always") {
    color = Color::always;
  } else if (text == "never") {
    color = Color::never;
  } else {
    return false;
  }
  return true;
}

void use_color(Color color) { chosen = color; }

bool has_color(std::FILE* stream) {
  if (chosen != Color::automatic) return chosen == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool plain = (no_color && *no_color != '\0') || !term || std::string_view(term) == "dumb";
  return !plain && ::isatty(::fileno(stream)) == 1;
}

std::string emphasized(std::string_view text, std::FILE* stream) {
  if (!has_color(stream)) return std::string(text);
  return std::string("\x1b[") + bold + 'm' + std::string(text) + "\x1b[0m";
}

void print_error(std::string_view text) {
  write_line(styled(bold_red, "pinfold:") + ' ' + std::string(text) + '\n');
}

void print_error(const Error& error) {
  print_error(message(error));
  if (!error.file.empty()) print_hint('(' + safe_text(error.file) + ')');
  if (const std::string way_out = hint(error); !way_out.empty()) print_hint(way_out);
}

void print_dropped(const Error& reason) { print_note("dropped: " + message(reason)); }

void print_note(std::string_view text) {
  write_line(styled(bold, "pinfold:") + " note: " + std::string(text) + '\n');
}

void print_hidden(std::size_t count) {
  if (count == 0) return;
  print_note(std::to_string(count) + (count == 1 ? " process" : " processes") +
             " of others could not be looked at: root can");
}

void print_hint(std::string_view text) { write_line("  " + styled(dim, text) + '\n'); }

}  // namespace pinfold::tool

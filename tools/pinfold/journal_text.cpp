#include "journal_text.h"

#include <ctime>

#include "base/terminal_text.h"
#include "console.h"

namespace pinfold::tool {

std::string command_text(char** argv) {
  std::string text;
  for (; *argv; ++argv) {
    if (!text.empty()) text += ' ';
    text += safe_text(*argv);
  }
  return text;
}

std::string time_text(std::int64_t time) {
  const std::time_t seconds = time;
  std::tm parts{};
  char text[sizeof "2026-11-21 18:00:00"];
  if (!::localtime_r(&seconds, &parts)) return "?";
  return std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) > 0 ? text : "?";
}

void print_no_undo(const Recorder& recorder) {
  if (recorder.error()) print_note("undo will not know of this: " + message(*recorder.error()));
}

}  // namespace pinfold::tool

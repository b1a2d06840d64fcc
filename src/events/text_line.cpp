#include "events/text_line.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"

namespace pinfold::trace {
namespace {

// How many characters people see; those of two cells, which are rare, count as one.
std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

const char* escape(Look look) {
  switch (look) {
    case Look::strong:
      return "\x1b[1m";
    case Look::faint:
      return "\x1b[2m";
    case Look::alarm:
      return "\x1b[1;31m";
    case Look::plain:
      break;
  }
  return "";
}

}  // namespace

TextLine& TextLine::put(std::string_view text, Look look) {
  const bool styled = color_ && look != Look::plain;
  if (styled) text_ += escape(look);
  text_ += text;
  if (styled) text_ += "\x1b[0m";
  width_ += length(text);
  return *this;
}

TextLine& TextLine::column(std::size_t at) {
  const std::size_t spaces = width_ + 2 <= at ? at - width_ : 2;
  text_.append(spaces, ' ');
  width_ += spaces;
  return *this;
}

TextLine& TextLine::below(std::size_t at) {
  text_ += '\n';
  text_.append(at, ' ');
  width_ = at;
  return *this;
}

std::string clock_text(Time time) {
  using namespace std::chrono;
  const auto second = floor<seconds>(time);
  const std::time_t seconds_only = system_clock::to_time_t(second);
  std::tm local{};
  ::localtime_r(&seconds_only, &local);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%H:%M:%S.", &local);
  const auto rest = static_cast<int>(duration_cast<milliseconds>(time - second).count());
  std::snprintf(&text[length], text.size() - length, "%03d", rest);
  return text.data();
}

std::string short_list(const CpuSet& cpus) {
  constexpr std::size_t longest = 24;
  if (cpus.empty()) return "none";
  std::string list = to_cpu_list(cpus);
  if (list.size() <= longest) return list;
  list.resize(list.rfind(',', longest) + 1);
  return list + "… (" + std::to_string(cpus.count()) + " CPUs)";
}

std::string task_text(std::string_view comm, Pid pid, Tid tid) {
  std::string text = comm.empty() ? "?" : safe_text(comm);
  text += " (" + std::to_string(tid.value());
  if (tid != pid.leader()) text += " of " + std::to_string(pid.value());
  return text + ')';
}

}  // namespace pinfold::trace

#include "events/json_text.h"

#include <algorithm>

#include <pinfold/cpu_list.h>

#include "base/terminal_text.h"

namespace pinfold::trace {
namespace {

// Printable ASCII that JSON takes as it is: nearly every name.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void put_digits(std::string& text, std::uint64_t number, std::size_t width, char after) {
  text.append(width, '0');
  for (auto digit = text.rbegin(); number > 0; ++digit, number /= 10) {
    *digit = static_cast<char>('0' + number % 10);
  }
  text += after;
}

}  // namespace

std::string utc_text(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::string text;
  text.reserve(30);
  const auto put = [&text](auto number, std::size_t width, char after) {
    put_digits(text, static_cast<std::uint64_t>(number), width, after);
  };
  put(static_cast<int>(date.year()), 4, '-');
  put(static_cast<unsigned>(date.month()), 2, '-');
  put(static_cast<unsigned>(date.day()), 2, 'T');
  put(clock.hours().count(), 2, ':');
  put(clock.minutes().count(), 2, ':');
  put(clock.seconds().count(), 2, '.');
  put(clock.subseconds().count(), 9, 'Z');
  return text;
}

std::string address_text(std::uint64_t address) {
  char digits[16];
  const auto [last, error] = std::to_chars(digits, digits + sizeof digits, address, 16);
  return "0x" + std::string(digits, last);
}

JsonText& JsonText::add(std::string_view key, std::string_view text) {
  put_key(key);
  put_string(text);
  return *this;
}

JsonText& JsonText::add(std::string_view key, const CpuSet& cpus) {
  put_key(key);
  text_ += '"';
  text_ += to_cpu_list(cpus);
  text_ += '"';
  return *this;
}

JsonText& JsonText::add(std::string_view key, Time time) {
  put_key(key);
  text_ += '"';
  text_ += utc_text(time);
  text_ += '"';
  return *this;
}

void JsonText::put_key(std::string_view key) {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
  if (key.empty()) return;
  text_ += '"';
  text_ += key;
  text_ += "\":";
}

void JsonText::put_string(std::string_view text) {
  text_ += '"';
  if (is_plain(text)) {
    text_ += text;
  } else {
    // No control character is left in it.
    for (const char c : safe_text(text)) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
  }
  text_ += '"';
}

}  // namespace pinfold::trace

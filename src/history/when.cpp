#include "history/when.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <vector>

#include "base/number.h"

namespace pinfold::history {
namespace {

using trace::Time;

std::unexpected<Error> unreadable(std::string_view text, const char* reason) {
  return fail({.kind = ErrorKind::syntax, .reason = std::string(text) + ": " + reason});
}

// "30m": how long before now.
std::optional<std::chrono::nanoseconds> parse_ago(std::string_view text) {
  struct Unit {
    char letter;
    std::int64_t seconds;
  };
  static constexpr std::array<Unit, 5> units = {
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}}};
  constexpr std::int64_t most = std::int64_t{100} * 366 * 86400;
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.letter)) continue;
    const auto count = parse_number<std::uint32_t>(text.substr(0, text.size() - 1));
    if (!count || *count > most / unit.seconds) return std::nullopt;
    return std::chrono::seconds(*count * unit.seconds);
  }
  return std::nullopt;
}

// Numbers of a fixed width, one after the other.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<int> number(std::size_t digits, int least, int most) {
    if (text_.size() < digits) return std::nullopt;
    const auto value = parse_number<unsigned>(text_.substr(0, digits));
    if (!value || static_cast<int>(*value) < least || static_cast<int>(*value) > most)
      return std::nullopt;
    text_.remove_prefix(digits);
    return static_cast<int>(*value);
  }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Behind a point.
  std::optional<std::chrono::nanoseconds> fraction() {
    std::int64_t value = 0;
    std::int64_t unit = 1'000'000'000;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9' && unit > 1) {
      unit /= 10;
      value += (text_.front() - '0') * unit;
      text_.remove_prefix(1);
    }
    return unit == 1'000'000'000 ? std::nullopt : std::optional(std::chrono::nanoseconds(value));
  }
  [[nodiscard]] bool is_at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

// "14:05", "14:05:30.25". False where it is none.
bool read_clock(Reader& reader, std::tm& time, std::chrono::nanoseconds& rest) {
  const auto hour = reader.number(2, 0, 23);
  if (!hour || !reader.take(':')) return false;
  const auto minute = reader.number(2, 0, 59);
  if (!minute) return false;
  time.tm_hour = *hour;
  time.tm_min = *minute;
  if (!reader.take(':')) return true;
  const auto second = reader.number(2, 0, 60);
  if (!second) return false;
  time.tm_sec = *second;
  if (!reader.take('.')) return true;
  const auto fraction = reader.fraction();
  if (!fraction) return false;
  rest = *fraction;
  return true;
}

bool read_date(Reader& reader, std::tm& time) {
  const auto year = reader.number(4, 1970, 2199);
  if (!year || !reader.take('-')) return false;
  const auto month = reader.number(2, 1, 12);
  if (!month || !reader.take('-')) return false;
  const auto day = reader.number(2, 1, 31);
  if (!day) return false;
  time.tm_year = *year - 1900;
  time.tm_mon = *month - 1;
  time.tm_mday = *day;
  return std::chrono::year_month_day(std::chrono::year(*year),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

auto fields(const std::tm& time) {
  return std::tuple(time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min,
                    time.tm_sec);
}

// When the clock showed that, in order: never, where it was set forward over
// it, or twice, where it was set back. (Which of both mktime(3) takes by itself
// depends on what it was asked before.)
std::vector<std::time_t> all_local(std::tm shown) {
  const std::time_t as_if = ::timegm(&shown);
  ::gmtime_r(&as_if,
             &shown);  // the last day of the month before is no 0th any more
  std::vector<std::time_t> moments;
  for (const int is_summer : {1, 0}) {
    std::tm time = shown;
    time.tm_isdst = is_summer;
    const std::time_t moment = std::mktime(&time);
    std::tm back{};
    ::localtime_r(&moment, &back);
    if (fields(back) == fields(shown)) moments.push_back(moment);
  }
  std::ranges::sort(moments);
  return moments;
}

// The first time. What the clock never showed is taken as winter time.
std::time_t local(std::tm shown) {
  if (const auto moments = all_local(shown); !moments.empty()) return moments.front();
  shown.tm_isdst = 0;
  return std::mktime(&shown);
}

// The last time until now.
Time last_local(std::tm shown, std::chrono::nanoseconds rest, Time now) {
  for (int days = 0; days < 2; ++days, --shown.tm_mday) {
    const auto moments = all_local(shown);
    for (const std::time_t moment : std::views::reverse(moments)) {
      const Time time = Time(std::chrono::seconds(moment)) + rest;
      if (time <= now) return time;
    }
  }
  return Time(std::chrono::seconds(local(shown))) + rest;
}

}  // namespace

Result<Time> parse_when(std::string_view text, Time now) {
  if (text.empty()) return unreadable("a moment is missing", "30m (ago), 14:05 or 2026-11-27");
  if (const auto ago = parse_ago(text)) return now - *ago;
  constexpr const char* forms = "a moment is 30m (ago), 14:05, 2026-11-27 or 2026-11-27T14:05:30Z";
  Reader reader(text);
  std::tm time{};
  std::chrono::nanoseconds rest{};
  if (text.size() > 2 && text[2] == ':') {
    const std::time_t seconds =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now));
    ::localtime_r(&seconds, &time);
    time.tm_sec = 0;
    if (!read_clock(reader, time, rest) || !reader.is_at_end()) return unreadable(text, forms);
    return last_local(time, rest, now);
  }
  if (!read_date(reader, time)) return unreadable(text, forms);
  if (reader.is_at_end()) return Time(std::chrono::seconds(local(time))) + rest;
  if (!reader.take('T') && !reader.take(' ')) return unreadable(text, forms);
  if (!read_clock(reader, time, rest)) return unreadable(text, forms);
  if (reader.is_at_end()) return Time(std::chrono::seconds(local(time))) + rest;
  if (!reader.take('Z') || !reader.is_at_end()) return unreadable(text, forms);
  return Time(std::chrono::seconds(::timegm(&time))) + rest;
}

}  // namespace pinfold::history

#include "document/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/number.h"

namespace pinfold::bench {
namespace {

struct Unit {
  std::string_view name;
  std::string_view sign;
  double nanoseconds;
};

constexpr std::array units = {Unit{"s", "s", 1e9}, Unit{"ms", "ms", 1e6}, Unit{"us", "µs", 1e3},
                              Unit{"µs", "µs", 1e3}, Unit{"ns", "ns", 1}};

struct Amount {
  double number;
  std::string_view sign;
};

// A time in the unit that suits it.
Amount suiting(double amount, std::string_view unit) {
  const auto nanoseconds = nanoseconds_in(unit);
  if (!nanoseconds) return {amount, unit};
  const double time = amount * *nanoseconds;
  // 999.6 µs would be written as 1,000 µs.
  constexpr double almost = 0.9995;
  const auto* suits = std::ranges::find_if(
      units, [&](const Unit& one) { return std::abs(time) >= almost * one.nanoseconds; });
  if (suits == units.end()) suits = &units.back();
  return {time / suits->nanoseconds, suits->sign};
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;)
    text.insert(at -= 3, 1, ',');
  return text;
}

std::string three_digits(double number) {
  if (number == 0) return "0";
  if (number < 0) return '-' + three_digits(-number);
  if (number >= 999.5) return with_commas(static_cast<std::uint64_t>(std::llround(number)));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%#.3g", number);
  const std::string digits = text.data();
  return digits.substr(0, digits.ends_with('.') ? digits.size() - 1 : digits.size());
}

std::string short_number(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", number);
  return text.data();
}

std::optional<double> nanoseconds_in(std::string_view unit) {
  const auto* const found = std::ranges::find(units, unit, &Unit::name);
  return found == units.end() ? std::optional<double>() : found->nanoseconds;
}

std::string amount_text(double amount, std::string_view unit) {
  const auto [number, sign] = suiting(amount, unit);
  return three_digits(number) + ' ' + std::string(sign);
}

std::string round_amount(double amount, std::string_view unit) {
  const auto [number, sign] = suiting(amount, unit);
  return short_number(number) + ' ' + std::string(sign);
}

std::optional<std::uint64_t> size_in(std::string_view name, std::string_view pattern) {
  const std::string_view before = pattern.substr(0, pattern.find('#'));
  const std::string_view behind = pattern.substr(std::min(before.size() + 1, pattern.size()));
  if (name.size() < before.size() + behind.size() || !name.starts_with(before) ||
      !name.ends_with(behind))
    return std::nullopt;
  std::string digits(name.substr(before.size(), name.size() - before.size() - behind.size()));
  std::erase(digits, ',');
  const auto number = parse_number<std::uint64_t>(digits);
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace pinfold::bench

// Numbers of the benchmarks, for people and from names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pinfold::bench {

/// 10000 as "10,000".
std::string with_commas(std::uint64_t number);

/// Three digits that count: "0.391", "12.3", "4,096", "0.00412".
std::string three_digits(double number);

/// No more digits than it takes: "0.8", "0.667", "1.05".
std::string short_number(double number);

/// How many nanoseconds "ns", "us", "ms" and "s" are; nothing of what is no time.
std::optional<double> nanoseconds_in(std::string_view unit);

/// An amount with its unit. Times get the unit that suits them: 0.0123 ms is "12.3 µs".
std::string amount_text(double amount, std::string_view unit);

/// The same without digits that say nothing, for numbers that somebody has chosen: "5 ms", "200
/// MB".
std::string round_amount(double amount, std::string_view unit);

/// The number that stands in a row's name where `pattern` has '#': of "and: 1,024 CPUs, dense" and
/// "and: # CPUs, dense" 1024. Nothing where the rest is not the same.
std::optional<std::uint64_t> size_in(std::string_view name, std::string_view pattern);

}  // namespace pinfold::bench

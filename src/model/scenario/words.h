// The words of which operations are made.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <pinfold/cpu_set.h>
#include <pinfold/result.h>

#include "base/number.h"
#include "model/scenario/line.h"

namespace pinfold::model {

/// In quotes, a long one cut.
std::string quoted(std::string_view text);

/// The known word that was meant, if it was a slip.
std::optional<std::string_view> near(std::string_view word,
                                     std::span<const std::string_view> known);

/// "a, b and c".
std::string listed(std::span<const std::string_view> names);

/// The next word is one of `names`: which. `what` is "a step".
Result<std::size_t> read_one_of(Line& line, std::string_view what,
                                std::span<const std::string_view> names);

/// What a name stands for: one that the scenario gives, or anybody, kernel threads (`migration/0`)
/// among them.
enum class Name {
  made,
  any,
};
Result<std::string> read_task(Line& line, Name kind = Name::any);

Result<std::string> read_path(Line& line);
Result<std::string> read_file_name(Line& line);
/// A list, or `none`.
Result<CpuSet> read_cpus(Line& line);

template <std::integral T>
Result<T> read_number(Line& line, const char* what, T lowest, T highest, int base = 10) {
  const Line::Word word = line.next();
  if (word.text.empty()) return line.wrong(word, std::string(what) + " is missing");
  const auto number = parse_number<T>(word.text, base);
  if (!number) return line.wrong(word.column + number.error().column, number.error().reason);
  if (*number < lowest) return line.wrong(word, "the number is too small");
  if (*number > highest) return line.wrong(word, "the number is too large");
  return *number;
}

}  // namespace pinfold::model

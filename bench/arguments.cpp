#include "arguments.h"

#include <string_view>

#include "base/number.h"

namespace pinfold::bench {
namespace {

bool take_value(Arguments& arguments, std::string_view option, const char* value) {
  if (option == "--json") {
    arguments.json = value;
  } else if (option == "--document") {
    arguments.document = value;
  } else if (option == "--from") {
    arguments.from.emplace_back(value);
  } else if (option == "--filter") {
    arguments.options.filter = value;
  } else if (option == "--rounds") {
    const auto rounds = parse_number<unsigned>(value);
    if (!rounds || *rounds == 0) return false;
    arguments.options.rounds = *rounds;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Arguments> parse_arguments(std::span<char*> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      return arguments;
    }
    if (word == "--quick") {
      arguments.options.quick = true;
      continue;
    }
    if (++i == words.size() || !take_value(arguments, word, words[i])) return std::nullopt;
  }
  // Without a page there is nothing to do with earlier runs.
  if (!arguments.from.empty() && arguments.document.empty()) return std::nullopt;
  return arguments;
}

}  // namespace pinfold::bench

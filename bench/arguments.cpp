#include "arguments.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/number.h"
#include "base/terminal_text.h"

namespace pinfold::bench {
namespace {

constexpr std::array<std::string_view, 5> with_value = {"--json", "--document", "--from",
                                                        "--filter", "--rounds"};

bool takes_value(std::string_view option) {
  return std::ranges::find(with_value, option) != with_value.end();
}

// False where the value is not one of that option.
bool take_value(Arguments& arguments, std::string_view option, const char* value) {
  if (option == "--json") arguments.json = value;
  if (option == "--document") arguments.document = value;
  if (option == "--from") arguments.from.emplace_back(value);
  if (option == "--filter") arguments.options.filter = value;
  if (option == "--rounds") {
    const auto rounds = parse_number<unsigned>(value);
    if (!rounds || *rounds == 0) return false;
    arguments.options.rounds = *rounds;
  }
  return true;
}

}  // namespace

std::expected<Arguments, std::string> parse_arguments(std::span<char*> words) {
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
    const std::string name = safe_text(word);
    if (!takes_value(word)) return std::unexpected("there is no option " + name);
    if (++i == words.size()) return std::unexpected(name + " needs a value");
    if (!take_value(arguments, word, words[i]))
      return std::unexpected(name + " takes a number above 0, not " + safe_text(words[i]));
  }
  if (!arguments.from.empty() && arguments.document.empty())
    return std::unexpected("--from needs --document: without a page there is nothing to do");
  return arguments;
}

}  // namespace pinfold::bench

// Input: the field's name, a NUL, the status file.
#include <string>

#include "linux/proc.h"
#include "require.h"

namespace pinfold::fuzz {
namespace {

// The first line that starts with `name:`, looked up another way.
std::optional<std::string> by_hand(std::string_view status, std::string_view name) {
  const std::string text = '\n' + std::string(status) + '\n';
  const std::size_t line = text.find('\n' + std::string(name) + ':');
  if (line == text.npos) return std::nullopt;
  const std::size_t start = line + name.size() + 2;
  const std::string value = text.substr(start, text.find('\n', start) - start);
  const std::size_t first = value.find_first_not_of(" \t");
  if (first == value.npos) return "";
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const std::size_t split = std::min(text.find('\0'), text.size());
  const std::string_view name = text.substr(0, split);
  const std::string_view status = text.substr(std::min(split + 1, text.size()));
  if (name.find_first_of(":\n") != name.npos) return 0;  // no field has such a name

  const auto value = status_field(status, name);
  const auto expected = by_hand(status, name);
  require(value.has_value() == expected.has_value(), "a field is found where it stands");
  if (value) require(*value == *expected, "the value is the line's, without the space around it");
  return 0;
}

#include "model/scenario/scenario.h"

#include <string>

#include "require.h"

// A line of a scenario: what was read is written such that it is read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto operation = model::parse_operation(text);
  if (!operation) {
    require_good_error(operation.error(), text);
    return 0;
  }
  if (!*operation) return 0;
  const std::string written = to_text(**operation);
  const auto again = model::parse_operation(written);
  require(again && *again, "what was written can be read");
  require(**again == **operation, "it means what it meant before");
  require(to_text(**again) == written, "it is written in one way only");
  return 0;
}

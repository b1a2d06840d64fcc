#include "document/results_json.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const auto run = bench::parse_run(as_text(data, size));
  if (!run) {
    require(run.error().kind == ErrorKind::unsupported, "other text is unsupported");
    require(!run.error().reason.empty(), "the error has a reason");
    return 0;
  }
  const std::string json = bench::to_json(*run);
  const auto again = bench::parse_run(json);
  require(again.has_value(), "what was read can be written and read again");
  require(bench::to_json(*again) == json, "and is the same");
  return 0;
}

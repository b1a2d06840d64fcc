#include "bench/heatmap.h"
#include "bench/matrix_json.h"
#include "bench/matrix_text.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const auto report = tool::parse_matrix(as_text(data, size));
  if (!report) {
    require(report.error().kind == ErrorKind::unsupported, "other text is unsupported");
    require(!report.error().reason.empty(), "the error has a reason");
    return 0;
  }
  const std::string json = tool::matrix_json(*report);
  const auto again = tool::parse_matrix(json);
  require(again.has_value(), "what was read can be written and read again");
  require(tool::matrix_json(*again) == json, "and is the same");
  const auto obeyed = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 ? c != '\n' : c == 0x7f;
  };
  require(std::ranges::none_of(tool::matrix_text(*report), obeyed), "text is safe for a terminal");
  constexpr std::size_t drawn = 64;
  if (report->matrix.size() <= drawn) {
    require(std::ranges::none_of(tool::heatmap(*report), obeyed), "so is the picture");
  }
  return 0;
}

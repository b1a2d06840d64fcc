#include <algorithm>

#include <pinfold/cpu_list.h>

#include "require.h"

namespace pinfold::fuzz {
namespace {

void check_set(const CpuSet& set) {
  require(set.empty() || *set.last() <= highest_cpu_in_text, "no CPU above the highest in text");
  require(set.words().empty() || set.words().back() != 0, "the last word is not zero");

  // The texts of a set of a million CPUs are megabytes: that would only slow the search.
  if (set.empty() || set.last()->value() >= 8192) return;
  const auto from_list = parse_cpu_list(to_cpu_list(set));
  require(from_list && *from_list == set, "to_cpu_list is read back as the same set");
  const auto from_mask = parse_cpu_list("0x" + to_hex_mask(set));
  require(from_mask && *from_mask == set, "to_hex_mask is read back as the same set");
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  // A stride over a million CPUs takes milliseconds; a handful of them only slows the search.
  if (std::ranges::count(text, ':') > 2) return 0;

  const auto plain = parse_cpu_list(text);
  if (plain) {
    check_set(*plain);
  } else {
    require_good_error(plain.error(), text);
  }

  static const CpuSet possible = CpuSet::range(CpuId(0), CpuId(191));
  const auto known = parse_cpu_list(text, possible);
  if (known) {
    check_set(*known);
    require(plain || text.find_first_of("Na") != text.npos,
            "only `N` and `all` need to know the possible CPUs");
  } else {
    require_good_error(known.error(), text);
  }
  if (plain) require(known && *known == *plain, "the possible CPUs change nothing else");
  return 0;
}

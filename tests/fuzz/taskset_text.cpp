#include "taskset_text.h"

#include <pinfold/cpu_list.h>

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  if (const auto mask = tool::parse_taskset_mask(text)) {
    require(tool::parse_taskset_mask(to_hex_mask(*mask)) == *mask, "a printed mask is read back");
  }
  if (const auto list = tool::parse_taskset_list(text)) {
    require(!list->last() || *list->last() <= highest_cpu_in_text, "no CPU that no kernel has");
    if (list->empty()) return 0;
    require(tool::parse_taskset_list(tool::to_taskset_list(*list)) == *list,
            "a printed list is read back");
    const auto ours = parse_cpu_list(tool::to_taskset_list(*list));
    require(ours && *ours == *list, "by our own reader too");
  }
  return 0;
}

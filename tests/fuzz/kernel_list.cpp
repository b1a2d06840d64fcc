#include "model/kernel_list.h"

#include <pinfold/cpu_list.h>

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  constexpr unsigned limit = 300;
  const std::string_view text = as_text(data, size);
  CpuSet numbers;
  const int result = model::parse_kernel_list(text, limit, numbers);
  require(result <= 0, "it is 0 or a negative errno");
  if (result != 0) return 0;
  require(numbers.empty() || numbers.last()->value() < limit, "no number is beyond the limit");

  CpuSet again;
  require(model::parse_kernel_list(to_cpu_list(numbers), limit, again) == 0 && again == numbers,
          "the list of what was read is read as the same");
  // What pinfold takes without its own words, the kernel takes too.
  const auto own = parse_cpu_list(text);
  if (own && text.find_first_of("x:") == std::string_view::npos) {
    require(*own == numbers, "a list means the same to pinfold and to the kernel");
  }
  return 0;
}

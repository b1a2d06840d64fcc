#include "measure/interrupts.h"

#include <string>

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  for (const unsigned cpu : {0U, 2U}) {
    const auto interrupts = measure::parse_interrupts(text, CpuId(cpu));
    const std::string_view head = text.substr(0, text.find('\n'));
    require(interrupts.empty() || head.contains("CPU" + std::to_string(cpu)),
            "only a CPU that has a column has interrupts");
    for (const auto& [line, name, count] : interrupts) {
      require(text.contains(line) && text.contains(name), "names stand in the text");
      require(count == 0 || text.contains(std::to_string(count)), "numbers stand in the text");
    }
    require(measure::interrupts_between(interrupts, interrupts).empty(),
            "nothing comes between a moment and itself");
  }
  return 0;
}

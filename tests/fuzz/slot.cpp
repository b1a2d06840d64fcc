#include "plan/slot.h"

#include <string>

#include "require.h"

// A wish as text, and what Slurm says of its tasks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto wish = parse_slot(text);
  if (wish) {
    const auto* number = std::get_if<SlotWish::Number>(&wish->which);
    require(!number || (wish->slots && number->value < *wish->slots), "a slot is one of so many");
    require(!wish->slots || *wish->slots > 0, "there is at least one slot");
    require(!std::holds_alternative<SlotWish::Free>(wish->which) || wish->slots.has_value(),
            "free/N says of how many");
  } else {
    require_good_error(wish.error(), text);
  }
  // Node 0 has what the list begins with.
  if (const auto tasks = slurm_tasks(text, 0)) {
    const std::string number = std::to_string(*tasks);
    const std::size_t digit = std::min(text.find_first_not_of('0'), text.size());
    const bool leading =
        text.substr(digit).starts_with(number) || *tasks == 0 || text.find(',') != text.npos;
    require(leading, "the first node's tasks stand first");
  }
  return 0;
}

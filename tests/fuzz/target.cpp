#include "pin/target.h"

#include <string>

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto target = parse_target(text);
  if (!target) {
    require_good_error(target.error(), text);
    return 0;
  }
  const auto* tid = std::get_if<Tid>(&*target);
  const pid_t number = tid ? tid->value() : std::get<Pid>(*target).value();
  require(number > 0, "a task's number is positive");
  require((tid != nullptr) == text.starts_with("tid:"), "only tid: names a thread");
  const auto again = parse_target((tid ? "tid:" : "") + std::to_string(number));
  require(again && *again == *target, "the number is read back as the same target");
  return 0;
}

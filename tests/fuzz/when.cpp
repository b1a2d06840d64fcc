// Input: a moment, as people write it.
#include "history/when.h"

#include <chrono>
#include <string>

#include "events/json_text.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  using namespace std::chrono;
  const trace::Time now = trace::Time(sys_days(2026y / November / 27) + 15h) + nanoseconds(5);
  const auto moment = history::parse_when(text, now);
  if (!moment) {
    require(moment.error().kind == ErrorKind::syntax, "the error is of its kind");
    require(!moment.error().reason.empty(), "the error has a reason");
    const std::string shown = message(moment.error());
    require(std::ranges::none_of(shown,
                                 [](char c) {
                                   const auto byte = static_cast<unsigned char>(c);
                                   return byte < 0x20 || byte == 0x7f;
                                 }),
            "the message is safe for a terminal");
    return 0;
  }
  const bool is_dated = text.find('-') != text.npos;
  require(is_dated || *moment <= now, "without a date it is a time that has passed");
  // Its own text means the same.
  const auto again = history::parse_when(trace::utc_text(*moment), now);
  const bool has_date = *moment >= trace::Time(sys_days(1970y / January / 1)) &&
                        *moment < trace::Time(sys_days(2200y / January / 1));
  require(!has_date || (again && *again == *moment), "what is written is read back the same");
  return 0;
}

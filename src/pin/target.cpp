#include "pin/target.h"

#include "base/number.h"

namespace pinfold {

Result<Target> parse_target(std::string_view text) {
  constexpr std::string_view tid_prefix = "tid:";
  const bool thread = text.starts_with(tid_prefix);
  const std::size_t start = thread ? tid_prefix.size() : 0;
  const auto number = parse_number<pid_t>(text.substr(start));
  if (number && *number > 0) {
    if (thread) return Target(Tid(*number));
    return Target(Pid(*number));
  }
  Error error{.kind = ErrorKind::syntax, .text = std::string(text), .column = start};
  if (number) {
    error.reason = "no process has a number below 1";
  } else if (start == 0 && !text.empty() && (text[0] < '0' || text[0] > '9')) {
    error.reason = "a target is a process (1234) or one thread (tid:1240)";
  } else {
    error.reason = number.error().reason;
    error.column += number.error().column;
  }
  return fail(std::move(error));
}

}  // namespace pinfold

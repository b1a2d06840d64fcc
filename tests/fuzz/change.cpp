#include "pin/change.h"

#include <string>

#include "require.h"

namespace {

using namespace pinfold;
using namespace pinfold::fuzz;

// The line is quoted by whoever knows the file: these errors are not for a terminal as they stand.
void require_syntax_error(const Error& error, std::string_view line) {
  require(error.kind == ErrorKind::syntax, "the error is of its kind");
  require(error.text == line, "the error carries the line");
  require(!error.reason.empty(), "the error has a reason");
}

// What to_line() writes is a line, and is read back as what it was written from.
template <class Change, class Parse>
void require_round_trip(const Change& change, const Parse& parse) {
  std::string line = to_line(change);
  require(line.find('\n') == line.size() - 1, "it is one line");
  line.pop_back();
  const auto again = parse(line);
  require(again && to_line(*again) == line + '\n', "the line is read back as the same change");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = as_text(data, size);
  if (const auto head = parse_change_head(line)) {
    require_round_trip(*head, parse_change_head);
  } else {
    require_syntax_error(head.error(), line);
  }
  const auto process = parse_process_change(line);
  if (!process) {
    require_syntax_error(process.error(), line);
    return 0;
  }
  require(process->pid.value() > 0 && process->tid.value() >= 0, "a task's number is positive");
  for (const MaskChange& mask : process->masks) {
    require(std::ranges::is_sorted(mask.threads), "threads are ascending");
    require(mask.start_times.empty() || mask.start_times.size() == mask.threads.size(),
            "a start time for each thread, or none");
  }
  require_round_trip(*process, parse_process_change);
  return 0;
}

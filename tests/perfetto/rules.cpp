#include "perfetto/rules.h"

#include <map>
#include <string>

namespace pinfold::test {
namespace {

// sched_switch_event_tracker: who goes must be who came last.
void check_switches(ParsedTrace& trace) {
  std::map<unsigned, int> running;
  for (const ParsedSwitch& change : trace.switches) {
    const auto [before, is_first] = running.emplace(change.cpu, change.to);
    if (!is_first && before->second != change.from)
      trace.problems.push_back("CPU " + std::to_string(change.cpu) + ": " +
                               std::to_string(change.from) + " goes, but " +
                               std::to_string(before->second) + " was there");
    before->second = change.to;
  }
}

// slice_tracker: an end closes what is open. Slices that overlap would be drawn nested.
void check_slices(ParsedTrace& trace) {
  std::map<std::uint64_t, int> open;
  for (const ParsedEvent& event : trace.events) {
    if (event.type == 3) continue;
    int& depth = open[event.track];
    depth += event.type == 1 ? 1 : -1;
    if (depth < 0 || depth > 1) trace.problems.push_back("slices overlap at " + event.name);
  }
}

// process_tracker: a number that is seen after its end is another thread, without a name.
void check_ends(ParsedTrace& trace) {
  std::map<unsigned, std::uint64_t> came;
  for (const ParsedSwitch& change : trace.switches) {
    for (const ParsedEnd& end : trace.ends)
      if (end.tid == change.from && came[change.cpu] < end.time && end.time <= change.time)
        trace.problems.push_back(std::to_string(end.tid) + " ends while it runs");
    came[change.cpu] = change.time;
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80) return false;
    text.remove_prefix(length);
  }
  return true;
}

void find_broken_rules(ParsedTrace& trace) {
  check_switches(trace);
  check_slices(trace);
  check_ends(trace);
}

}  // namespace pinfold::test

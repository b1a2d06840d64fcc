#include "measure/gaps.h"

#include <algorithm>

namespace pinfold::measure {

std::uint64_t decade_begin(std::size_t i) {
  std::uint64_t begin = 100;
  for (std::size_t decade = 0; decade < i; ++decade)
    begin *= 10;
  return i == 0 ? 0 : begin;
}

void Gaps::add(std::uint64_t gap_ns, bool is_task) {
  ++count;
  std::size_t decade = decades - 1;
  while (gap_ns < decade_begin(decade))
    --decade;
  ++by_decade.at(decade);
  if (gap_ns > largest_ns) {
    largest_ns = gap_ns;
    largest_is_task = is_task;
  }
  if (!is_task) return;
  ++task_count;
  task_ns += gap_ns;
}

void Gaps::finish(std::uint64_t elapsed, std::uint64_t in_gaps) {
  elapsed_ns = elapsed;
  const std::uint64_t quiet = readings - count;
  if (quiet > 0) clock_ns = static_cast<double>(elapsed - in_gaps) / static_cast<double>(quiet);
  lost_ns = std::max(0.0, static_cast<double>(in_gaps) - static_cast<double>(count) * clock_ns);
}

}  // namespace pinfold::measure

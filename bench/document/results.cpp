#include "document/results.h"

#include <algorithm>

namespace pinfold::bench {

Results merge(std::span<const Run> runs) {
  Results all;
  std::vector<std::size_t> from;  // the run of each line
  for (std::size_t run = 0; run < runs.size(); ++run) {
    all.sources.push_back({.conditions = runs[run].conditions});
    for (const Line& line : runs[run].lines) {
      const auto before = std::ranges::find(all.lines, line.name, &Line::name);
      if (before == all.lines.end()) {
        all.lines.push_back(line);
        from.push_back(run);
      } else {
        *before = line;
        from[static_cast<std::size_t>(before - all.lines.begin())] = run;
      }
    }
    for (const Skipped& skipped : runs[run].skipped) {
      std::erase_if(all.skipped, [&](const Skipped& other) { return other.name == skipped.name; });
      all.skipped.push_back(skipped);
    }
  }
  for (const std::size_t run : from)
    ++all.sources[run].rows;
  std::erase_if(all.skipped, [&](const Skipped& skipped) {
    return std::ranges::find(all.lines, skipped.name, &Line::name) != all.lines.end();
  });
  return all;
}

}  // namespace pinfold::bench

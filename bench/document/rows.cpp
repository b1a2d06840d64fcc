#include "document/rows.h"

#include <vector>

#include "document/markdown.h"
#include "document/numbers.h"

namespace pinfold::bench {
namespace {

constexpr const char* none = "–";

std::vector<std::string> cells_of(const Line& line) {
  const Measured& m = line.measured;
  const bool is_alone = line.stands == Stands::alone;
  return {markdown_text(line.name), amount_text(m.ours, line.unit),
          is_alone ? none : amount_text(m.theirs, line.unit),
          is_alone ? none : ratio_text(line, m.ratio), half_text(line)};
}

std::vector<std::string> head() { return {"what", " ours", " theirs", " ratio", " middle half"}; }

}  // namespace

std::string ratio_text(const Line& line, double ratio) {
  switch (line.stands) {
    case Stands::added:
      return std::string(ratio < 0 ? "" : "+") + amount_text(ratio, line.unit);
    case Stands::alone:
      return amount_text(ratio, line.unit);
    case Stands::ratio:
      break;
  }
  return three_digits(ratio);
}

std::string reach_text(const Line& line) {
  if (!line.reach) return none;
  if (line.stands == Stands::ratio) return short_number(*line.reach);
  return std::string(line.stands == Stands::added ? "+" : "") +
         round_amount(*line.reach, line.unit);
}

std::string half_text(const Line& line) {
  const Measured& m = line.measured;
  if (m.quarter == m.three_quarters) return none;
  return ratio_text(line, m.quarter) + " to " + ratio_text(line, m.three_quarters);
}

std::string verdict(const Line& line) {
  if (!line.reach) return none;
  if (line.is_reached()) return "reached";
  if (*line.reach == 0) return "**short**";
  return "**short**, by " + three_digits((line.measured.ratio / *line.reach - 1) * 100) + " %";
}

std::string table_of(std::span<const Line* const> lines) {
  std::vector<std::string> with_reach = head();
  with_reach.insert(with_reach.end(), {" at most", ""});
  std::vector<std::vector<std::string>> rows;
  for (const Line* line : lines) {
    rows.push_back(cells_of(*line));
    rows.back().insert(rows.back().end(), {reach_text(*line), verdict(*line)});
  }
  return markdown_table(with_reach, rows);
}

std::string table_without_reach(std::span<const Line* const> lines) {
  std::vector<std::vector<std::string>> rows;
  for (const Line* line : lines)
    rows.push_back(cells_of(*line));
  return markdown_table(head(), rows);
}

}  // namespace pinfold::bench

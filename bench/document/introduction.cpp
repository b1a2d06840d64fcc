#include "document/introduction.h"

#include <algorithm>
#include <vector>

#include "document/markdown.h"
#include "document/numbers.h"
#include "document/rows.h"

namespace pinfold::bench {
namespace {

constexpr const char* how = R"(# Performance

What Pinfold costs, next to the system calls and the programs that do the same, and what falls short
of what it should reach. `./dev bench --document docs` measures and writes this page;
`--from build/bench.json` writes it again from an earlier run.

In each round both sides do the same work, one after the other in random order: what disturbs the
machine for longer than a round disturbs both. The **ratio** is Pinfold's time to the other's in a
round, and below 1 Pinfold is faster. Each number is the median of all rounds; in the **middle half**
of the rounds it was in the range that stands there. `+` is what Pinfold adds to a call. Without a
peer, Pinfold's own time or count is held against the number to reach.

)";

std::string sum(const Results& results) {
  const auto with_reach =
      std::ranges::count_if(results.lines, [](const Line& line) { return line.reach.has_value(); });
  const auto is_short =
      std::ranges::count_if(results.lines, [](const Line& line) { return !line.is_reached(); });
  return "**" + std::to_string(with_reach - is_short) + " of " + std::to_string(with_reach) +
         " numbers are reached.** " + std::to_string(is_short) +
         " [fall short](#what-falls-short), and " + std::to_string(results.skipped.size()) +
         " rows could [not be measured](#not-measured).\n\n";
}

std::string machine_text(const Conditions& c) {
  std::string text = markdown_text(c.machine) + "; " + markdown_text(c.kernel) + "; built with " +
                     markdown_text(c.compiler);
  if (!c.peers.empty()) text += "; " + markdown_text(c.peers);
  text += c.is_root ? "; as root" : "; not as root";
  return text + ".\n";
}

std::string machines(const Results& results) {
  std::vector<std::string> texts;
  for (const auto& source : results.sources) {
    const std::string text = machine_text(source.conditions);
    if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
  }
  std::string all;
  for (const std::string& text : texts)
    all += "- " + text;
  return "Measured on:\n\n" + all + '\n';
}

std::string runs(const Results& results) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [c, count] : results.sources) {
    rows.push_back({c.date, markdown_text(c.commit), std::to_string(count),
                    c.filter.empty() ? "all" : markdown_text(c.filter),
                    c.rounds.empty() ? "each row's own" : markdown_text(c.rounds),
                    three_digits(c.load), three_digits(c.stolen) + " %"});
  }
  return markdown_table({"run of", "commit", " rows from it", "measured", "rounds", " load before",
                         " stolen by the host"},
                        rows) +
         '\n';
}

// How far from its median the middle half of a row's rounds reached, in percent.
double spread(const Line& line) {
  const Measured& m = line.measured;
  return (m.three_quarters - m.quarter) / 2 / m.ratio * 100;
}

std::string noise(const Results& results) {
  std::vector<const Line*> ratios;
  for (const Line& line : results.lines) {
    if (line.stands == Stands::ratio && line.measured.ratio > 0) ratios.push_back(&line);
  }
  std::string text;
  if (std::ranges::any_of(results.sources,
                          [](const auto& source) { return source.conditions.is_virtual; })) {
    text =
        "This is a virtual machine, which shares its hardware with others: what they do is in "
        "the times, and what its host does in every call that leaves it. Times differ from day "
        "to day, ratios less. ";
  }
  if (!ratios.empty()) {
    std::ranges::sort(ratios, {}, [](const Line* line) { return spread(*line); });
    const Line& middle = *ratios[ratios.size() / 2];
    const Line& widest = *ratios.back();
    text += "Of " + std::to_string(ratios.size()) + " ratios, half had their middle half within ±" +
            three_digits(spread(middle)) + " %; the noisiest, " + markdown_text(widest.name) +
            ", within ±" + three_digits(spread(widest)) + " %.";
  }
  return text.empty() ? text : text + "\n\n";
}

// Numbers of a run that only tries whether it works are not for keeping.
std::string warning(const Results& results) {
  const bool is_whole = std::ranges::all_of(
      results.sources, [](const auto& source) { return source.conditions.rounds.empty(); });
  return is_whole ? "" : "**Not for keeping: some rows had fewer rounds than they need.**\n\n";
}

}  // namespace

std::string introduction(const Results& results) {
  return how + warning(results) + sum(results) + machines(results) + runs(results) + noise(results);
}

}  // namespace pinfold::bench

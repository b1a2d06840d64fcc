#include "document/page.h"

#include <algorithm>
#include <vector>

#include "base/replace_file.h"
#include "base/try.h"
#include "document/growth.h"
#include "document/introduction.h"
#include "document/markdown.h"
#include "document/rows.h"
#include "document/sections.h"

namespace pinfold::bench {
namespace {

using Lines = std::vector<const Line*>;

bool belongs(const std::string& name, const Section& section) {
  return std::ranges::any_of(section.rows,
                             [&](const char* pattern) { return is_named(name, pattern); });
}

// Takes what belongs to the section out of the lines.
Lines take(Lines& lines, const Section& section) {
  Lines taken;
  std::erase_if(lines, [&](const Line* line) {
    const bool is_its = belongs(line->name, section);
    if (is_its) taken.push_back(line);
    return is_its;
  });
  return taken;
}

std::string section_text(const Section& section, const Lines& lines,
                         const std::vector<Skipped>& skipped) {
  std::string text = "### " + std::string(section.title) + "\n\n" + section.wanted + "\n\n";
  text += lines.empty() ? "Not measured in this run.\n" : table_of(lines);
  for (const auto& [name, reason] : skipped) {
    if (belongs(name, section))
      text +=
          "\nNot measured: " + markdown_text(name) + ", because " + markdown_text(reason) + ".\n";
  }
  if (*section.elsewhere) text += '\n' + std::string(section.elsewhere) + '\n';
  return text + '\n';
}

std::string short_line(const Line& line) {
  return "- " + markdown_text(line.name) + ": " + ratio_text(line, line.measured.ratio) +
         " (middle half " + half_text(line) + "), should be at most " + reach_text(line) + '\n';
}

// Each reason once, with the rows that it is about.
std::string what_falls_short(const Results& results) {
  struct Group {
    std::string_view reason;
    std::string rows;
  };
  std::vector<Group> groups;
  for (const Line& line : results.lines) {
    if (line.is_reached()) continue;
    const std::string_view reason = reason_for(line.name);
    auto group = std::ranges::find(groups, reason, &Group::reason);
    if (group == groups.end()) group = groups.insert(group, {.reason = reason, .rows = {}});
    group->rows += short_line(line);
  }
  std::string text = "## What falls short\n\n";
  if (groups.empty()) return text + "Nothing.\n\n";
  for (const auto& [reason, rows] : groups) {
    text += reason.empty() ? "Not explained yet:" : std::string(reason);
    text += "\n\n" + rows + '\n';
  }
  return text;
}

std::string growth(const std::vector<GrowthPicture>& pictures) {
  if (pictures.empty()) return {};
  std::string text =
      "## Growth\n\nBoth axes are logarithmic. At the end of each curve stands its last value.\n\n";
  for (const GrowthPicture& picture : pictures) {
    text += "### " + picture.chart.title + "\n\n![" + markdown_text(picture.chart.title) + "](" +
            picture.file + ")\n\n" + picture.text + "\n\n";
  }
  return text;
}

std::string not_measured(const Results& results) {
  std::string text = "## Not measured\n\n";
  // What a filter kept out is not known to a run, and so to nobody here.
  const bool is_whole = std::ranges::any_of(
      results.sources, [](const auto& source) { return source.conditions.filter.empty(); });
  if (!is_whole)
    text += "No run was of all rows: there are others, which no filter let through.\n\n";
  if (results.skipped.empty()) return is_whole ? text + "Nothing was left out.\n" : text;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, reason] : results.skipped)
    rows.push_back({markdown_text(name), markdown_text(reason)});
  return text + markdown_table({"what", "why not"}, rows);
}

std::string with_pictures(const Results& results, const std::vector<GrowthPicture>& pictures) {
  Lines lines;
  for (const Line& line : results.lines)
    lines.push_back(&line);
  std::string text = introduction(results) + "## Numbers to reach\n\n";
  for (const Section& section : sections())
    text += section_text(section, take(lines, section), results.skipped);
  const auto rest = std::ranges::stable_partition(
      lines, [](const Line* line) { return line->reach.has_value(); });
  const Lines with_reach(lines.begin(), rest.begin());
  const Lines for_information(rest.begin(), rest.end());
  if (!with_reach.empty())
    text += "### Others that have a number to reach\n\n" + table_of(with_reach) + '\n';
  text += what_falls_short(results) + growth(pictures);
  if (!for_information.empty())
    text += "## For information\n\n<details><summary>" + std::to_string(for_information.size()) +
            " rows without a number to reach</summary>\n\n" + table_without_reach(for_information) +
            "\n</details>\n\n";
  return text + not_measured(results);
}

}  // namespace

std::string page(const Results& results) {
  return with_pictures(results, growth_pictures(results));
}

Result<void> write_page(const Results& results, const std::string& folder) {
  const auto pictures = growth_pictures(results);
  for (const GrowthPicture& picture : pictures)
    CHECK_OK(replace_file(folder + '/' + picture.file, draw(picture.chart)));
  return replace_file(folder + "/performance.md", with_pictures(results, pictures));
}

}  // namespace pinfold::bench

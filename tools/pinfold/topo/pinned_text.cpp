#include "topo/pinned_text.h"

#include <algorithm>
#include <array>

#include "topo/cpu_text.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t columns = 4;
constexpr std::size_t gap = 2;
constexpr std::size_t longest_name = 32;

using Row = std::array<std::string, columns>;

constexpr std::array<bool, columns> is_number = {true, false, true, false};

// The CPUs, which may be many, have lines of their own below each other.
void add_row(std::vector<Text>& lines, const Row& row, const std::array<std::size_t, 3>& widths,
             const Look& look, Style style) {
  Text line;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string space(widths.at(i) - most_columns(row.at(i)), ' ');
    line.add(is_number.at(i) ? space + row.at(i) : row.at(i) + space, style);
    line.add(std::string(gap, ' '));
  }
  const std::size_t left = line.width();
  for (const std::string& list : wrap(words_of_list(row.back()), 0, look.width - left)) {
    lines.push_back(std::move(line.pad(left).add(list, style)));
    line = Text();
  }
}

}  // namespace

std::vector<Text> pinned_table(std::span<const Pinned> tasks, const Look& look) {
  constexpr std::size_t most = 40;
  if (tasks.empty())
    return {Text().add("no task is pinned: each may run wherever its cpuset lets it")};
  std::vector<Row> rows = {{"PID", "PINNED TASK", "THREADS", "CPUS"}};
  for (const Pinned& task : tasks.first(std::min(tasks.size(), most))) {
    rows.push_back({std::to_string(task.pid.value()), name_text(task.name, longest_name, look),
                    std::to_string(task.threads), short_list(task.cpus)});
  }
  std::array<std::size_t, 3> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths.at(i) = std::max(widths.at(i), most_columns(row.at(i)));
  }
  std::vector<Text> lines;
  for (const Row& row : rows)
    add_row(lines, row, widths, look, &row == &rows.front() ? Style::strong : Style::plain);
  if (tasks.size() > most)
    lines.push_back(
        Text().add("and " + std::to_string(tasks.size() - most) + " more: --json has all"));
  return lines;
}

}  // namespace pinfold::tool

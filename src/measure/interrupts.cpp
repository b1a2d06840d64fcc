#include "measure/interrupts.h"

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "base/number.h"
#include "base/try.h"

namespace pinfold::measure {
namespace {

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

std::string_view take_word(std::string_view& line) {
  line = trimmed(line);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

struct Columns {
  std::size_t count = 0;
  std::optional<std::size_t> wanted;
};

// "           CPU0       CPU2": those that are online.
Columns read_head(std::string_view line, CpuId cpu) {
  Columns columns;
  const std::string name = "CPU" + std::to_string(cpu.value());
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    if (word == name) columns.wanted = columns.count;
    ++columns.count;
  }
  return columns;
}

// What stands behind the numbers: "Local timer interrupts"; of a device its chip and how it is
// wired come first, in columns of their own.
std::string name_in(std::string_view description) {
  constexpr std::string_view tail = " interrupts";
  description = trimmed(description);
  if (description.ends_with(tail)) description.remove_suffix(tail.size());
  const std::size_t column = description.rfind("  ");
  return std::string(column == std::string_view::npos ? description
                                                      : description.substr(column + 2));
}

std::optional<InterruptCount> read_row(std::string_view line, const Columns& columns) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  InterruptCount interrupt{.line = std::string(trimmed(line.substr(0, colon))), .name = {}};
  line.remove_prefix(colon + 1);
  for (std::size_t column = 0; column < columns.count; ++column) {
    const auto number = parse_number<std::uint64_t>(take_word(line));
    if (!number) return std::nullopt;
    if (column == columns.wanted) interrupt.count = *number;
  }
  interrupt.name = name_in(line);
  return interrupt;
}

}  // namespace

std::vector<InterruptCount> parse_interrupts(std::string_view text, CpuId cpu) {
  const Columns columns = read_head(take_line(text), cpu);
  if (!columns.wanted) return {};
  std::vector<InterruptCount> interrupts;
  while (!text.empty()) {
    if (auto row = read_row(take_line(text), columns)) interrupts.push_back(std::move(*row));
  }
  return interrupts;
}

Result<std::vector<InterruptCount>> read_interrupts(CpuId cpu) {
  TRY(const std::string text, read_file("/proc/interrupts"));
  return parse_interrupts(text, cpu);
}

std::vector<InterruptCount> interrupts_between(const std::vector<InterruptCount>& before,
                                               const std::vector<InterruptCount>& after) {
  std::vector<InterruptCount> between;
  for (const InterruptCount& now : after) {
    const auto then = std::ranges::find(before, now.line, &InterruptCount::line);
    const std::uint64_t known = then == before.end() ? 0 : then->count;
    if (now.count <= known) continue;
    between.push_back(now);
    between.back().count -= known;
  }
  std::ranges::stable_sort(between, std::greater(), &InterruptCount::count);
  return between;
}

}  // namespace pinfold::measure

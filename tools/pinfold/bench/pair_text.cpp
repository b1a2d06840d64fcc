#include "bench/pair_text.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "measure/comparison.h"
#include "paragraph.h"

namespace pinfold::tool {
namespace {

using measure::Comparison;
using measure::PairReport;
using measure::PairRow;
using measure::Sharing;

constexpr double millisecond = 1e6;

std::string number_of(CpuId cpu) { return std::to_string(cpu.value()); }

std::string two_cores(Sharing sharing) {
  switch (sharing) {
    case Sharing::l2:
      return "two cores with one L2";
    case Sharing::l3:
      return "two cores with one L3";
    case Sharing::node:
      return "two cores of one node";
    case Sharing::package:
      return "cores of two nodes";
    case Sharing::machine:
      return "cores of two packages";
    case Sharing::cpu:
    case Sharing::core:
      break;
  }
  return measure::name_of(sharing);
}

std::string subject(Sharing sharing) {
  if (sharing == Sharing::cpu) return "Sharing one CPU takes ";
  if (sharing == Sharing::core) return "Two SMT siblings take ";
  std::string cores = two_cores(sharing);
  cores.front() = static_cast<char>(cores.front() - 'a' + 'A');
  return cores + " take ";
}

std::string sentence(const Comparison& comparison) {
  const std::string standard = two_cores(comparison.with);
  if (!comparison.differs) {
    return subject(comparison.sharing) + "as long as " + standard +
           ": what differs is within the spread.";
  }
  char ratio[32];
  std::snprintf(ratio, sizeof ratio, "%.2f", comparison.ratio);
  return subject(comparison.sharing) + ratio + " times as long as " + standard + '.';
}

std::vector<std::string> line_of(const PairRow& row) {
  std::vector<std::string> line = {measure::name_of(row.pair.sharing), number_of(row.pair.first),
                                   number_of(row.pair.second)};
  if (!row.numbers) {
    line.emplace_back("-");
    return line;
  }
  const measure::PairNumbers& numbers = *row.numbers;
  line.push_back(spread_text(numbers.real, millisecond));
  line.push_back(digits(numbers.user / millisecond));
  line.push_back(digits(numbers.system / millisecond));
  return line;
}

Json row_json(const PairRow& row) {
  Json json = {{"sharing", measure::name_of(row.pair.sharing)},
               {"parent", row.pair.first.value()},
               {"child", row.pair.second.value()},
               {"real_ns", nullptr},
               {"cpu_ns", nullptr},
               {"user_ns", nullptr},
               {"system_ns", nullptr},
               {"reason", nullptr}};
  if (row.numbers) {
    json["real_ns"] = spread_json(row.numbers->real);
    json["cpu_ns"] = spread_json(row.numbers->cpu);
    json["user_ns"] = row.numbers->user;
    json["system_ns"] = row.numbers->system;
  } else {
    json["reason"] = row.reason;
  }
  return json;
}

}  // namespace

std::string conclusion(const Machine& machine, const PairReport& report) {
  std::string text;
  for (const Comparison& comparison : measure::compare(machine, report)) {
    if (!text.empty()) text += ' ';
    text += sentence(comparison);
  }
  return text;
}

std::string pair_text(const Machine& machine, const PairReport& report) {
  std::string text = paragraph(
      "A parent and a child, each with " + std::to_string(report.calls) + " calls of getppid(2); " +
      std::to_string(report.rounds) +
      " rounds in random order. Milliseconds: real time with its middle half, and what both used.");
  std::vector<std::vector<std::string>> lines = {
      {"SHARING", "PARENT", "CHILD", "REAL", "USER", "SYSTEM"}};
  for (const PairRow& row : report.rows)
    lines.push_back(line_of(row));
  text += '\n' + columns(lines, std::array<std::size_t, 4>{1, 2, 4, 5});
  for (const PairRow& row : report.rows) {
    if (!row.numbers)
      text += paragraph("no number: " + row.reason,
                        std::string(measure::name_of(row.pair.sharing)) + ": ");
  }
  if (const std::string words = conclusion(machine, report); !words.empty())
    text += '\n' + paragraph(words);
  return text;
}

Json pair_json(const Machine& machine, const PairReport& report) {
  Json rows = Json::array();
  for (const PairRow& row : report.rows)
    rows.push_back(row_json(row));
  const std::string words = conclusion(machine, report);
  return {{"schema_version", 1},
          {"bench", "pair"},
          {"calls", report.calls},
          {"rounds", report.rounds},
          {"rows", std::move(rows)},
          {"conclusion", words.empty() ? Json(nullptr) : Json(words)},
          {"doubts", doubts_json(report.doubts)},
          {"error", nullptr}};
}

}  // namespace pinfold::tool

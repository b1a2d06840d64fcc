#include "bench/migrate_text.h"

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "paragraph.h"

namespace pinfold::tool {
namespace {

using measure::MigrateReport;
using measure::MigrateRow;
using measure::WalkRow;

constexpr double microsecond = 1e3;

std::string heading(const MigrateRow& row) {
  return std::string(measure::name_of(row.pair.sharing)) + ", from CPU " +
         std::to_string(row.pair.first.value()) + " to CPU " +
         std::to_string(row.pair.second.value());
}

std::string lead(const MigrateRow& row) {
  if (!row.call) return paragraph(heading(row) + ": no number: " + row.reason);
  return paragraph(heading(row) + ": the call that moves takes " +
                   spread_text(row.call->moved, microsecond) + " us, one that moves nobody " +
                   digits(row.call->stayed.median / microsecond));
}

// The walk that lost the most of those that certainly lost something.
const WalkRow* dearest(const MigrateRow& row) {
  const WalkRow* found = nullptr;
  for (const WalkRow& walk : row.walks) {
    if (!walk.numbers || walk.numbers->cost.low <= 0) continue;
    if (!found || walk.numbers->cost.median > found->numbers->cost.median) found = &walk;
  }
  return found;
}

std::string table(const MigrateRow& row) {
  std::vector<std::vector<std::string>> lines = {
      {"", "WORKING SET", "STAYED us", "MOVED us", "COST us"}};
  for (const WalkRow& walk : row.walks) {
    std::vector<std::string> line = {"", working_set_text(walk.bytes)};
    if (walk.numbers) {
      line.push_back(digits(walk.numbers->stayed.median / microsecond));
      line.push_back(digits(walk.numbers->moved.median / microsecond));
      line.push_back(spread_text(walk.numbers->cost, microsecond));
    } else {
      line.emplace_back("-");
    }
    lines.push_back(std::move(line));
  }
  std::string text = columns(lines, std::array<std::size_t, 3>{1, 2, 3});
  for (const WalkRow& walk : row.walks) {
    if (!walk.numbers)
      text += paragraph("no number: " + walk.reason, "  " + working_set_text(walk.bytes) + ": ");
  }
  return text;
}

Json walk_json(const WalkRow& walk) {
  Json json = {{"bytes", walk.bytes},
               {"stayed_ns", nullptr},
               {"moved_ns", nullptr},
               {"cost_ns", nullptr},
               {"reason", nullptr}};
  if (walk.numbers) {
    json["stayed_ns"] = spread_json(walk.numbers->stayed);
    json["moved_ns"] = spread_json(walk.numbers->moved);
    json["cost_ns"] = spread_json(walk.numbers->cost);
  } else {
    json["reason"] = walk.reason;
  }
  return json;
}

Json row_json(const MigrateRow& row) {
  Json walks = Json::array();
  for (const WalkRow& walk : row.walks)
    walks.push_back(walk_json(walk));
  return {{"sharing", measure::name_of(row.pair.sharing)},
          {"from", row.pair.first.value()},
          {"to", row.pair.second.value()},
          {"call_stayed_ns", row.call ? spread_json(row.call->stayed) : Json(nullptr)},
          {"call_moved_ns", row.call ? spread_json(row.call->moved) : Json(nullptr)},
          {"reason", row.call ? Json(nullptr) : Json(row.reason)},
          {"walks", std::move(walks)}};
}

}  // namespace

std::string working_set_text(std::size_t bytes) {
  constexpr std::size_t kib = 1024;
  constexpr std::size_t mib = kib * kib;
  if (bytes % mib == 0) return std::to_string(bytes / mib) + " MiB";
  if (bytes % kib == 0) return std::to_string(bytes / kib) + " KiB";
  return std::to_string(bytes) + " bytes";
}

std::string conclusion(const MigrateReport& report) {
  std::string text;
  for (const MigrateRow& row : report.rows) {
    const WalkRow* const walk = dearest(row);
    if (!walk) continue;
    const measure::WalkNumbers& numbers = *walk->numbers;
    if (!text.empty()) text += ' ';
    text += "To another CPU (" + std::string(measure::name_of(row.pair.sharing)) +
            ") a move costs the most with " + working_set_text(walk->bytes) +
            " in use: " + digits(numbers.cost.median / microsecond) + " us, " +
            digits(numbers.cost.median / numbers.stayed.median) + " warm walks.";
  }
  return text;
}

std::string migrate_text(const MigrateReport& report) {
  std::string text = paragraph(
      "A thread walks over its working set, is moved, and walks over it once more; " +
      std::to_string(report.rounds) +
      " rounds in random order. Microseconds: the walk where it is warm, the first one after the "
      "move, and what that takes longer, with its middle half.");
  for (const MigrateRow& row : report.rows)
    text += '\n' + lead(row) + table(row);
  if (const std::string words = conclusion(report); !words.empty()) text += '\n' + paragraph(words);
  return text;
}

Json migrate_json(const MigrateReport& report) {
  Json rows = Json::array();
  for (const MigrateRow& row : report.rows)
    rows.push_back(row_json(row));
  const std::string words = conclusion(report);
  return {{"schema_version", 1},
          {"bench", "migrate"},
          {"rounds", report.rounds},
          {"rows", std::move(rows)},
          {"conclusion", words.empty() ? Json(nullptr) : Json(words)},
          {"doubts", doubts_json(report.doubts)},
          {"error", nullptr}};
}

}  // namespace pinfold::tool

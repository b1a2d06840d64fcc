#include "document/results_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace pinfold::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 3> stands_names = {"ratio", "added", "alone"};

Json line_json(const Line& line) {
  const Measured& m = line.measured;
  return {{"name", line.name},
          {"stands", stands_names.at(static_cast<std::size_t>(line.stands))},
          {"ratio", m.ratio},
          {"reach", line.reach ? Json(*line.reach) : Json(nullptr)},
          {"better", "lower"},
          {"ours", m.ours},
          {"theirs", m.theirs},
          {"unit", line.unit},
          {"quartiles", {m.quarter, m.three_quarters}}};
}

std::optional<Stands> parse_stands(const std::string& name) {
  const auto* const found = std::ranges::find(stands_names, name);
  if (found == stands_names.end()) return std::nullopt;
  return static_cast<Stands>(found - stands_names.begin());
}

// nlohmann's exceptions say what is missing or of another type.
Line parse_line(const Json& json, Stands stands) {
  const Json& reach = json.at("reach");
  return {.name = json.at("name"),
          .stands = stands,
          .measured = {.ours = json.at("ours"),
                       .theirs = json.at("theirs"),
                       .ratio = json.at("ratio"),
                       .quarter = json.at("quartiles").at(0),
                       .three_quarters = json.at("quartiles").at(1)},
          .reach = reach.is_null() ? std::nullopt : std::optional(reach.get<double>()),
          .unit = json.at("unit")};
}

Json conditions_json(const Conditions& c) {
  return {{"date", c.date},          {"commit", c.commit}, {"machine", c.machine},
          {"virtual", c.is_virtual}, {"root", c.is_root},  {"kernel", c.kernel},
          {"compiler", c.compiler},  {"peers", c.peers},   {"filter", c.filter},
          {"rounds", c.rounds},      {"load", c.load},     {"stolen", c.stolen}};
}

Conditions parse_conditions(const Json& json) {
  return {.date = json.at("date"),
          .commit = json.at("commit"),
          .machine = json.at("machine"),
          .is_virtual = json.at("virtual"),
          .is_root = json.at("root"),
          .kernel = json.at("kernel"),
          .compiler = json.at("compiler"),
          .peers = json.at("peers"),
          .filter = json.at("filter"),
          .rounds = json.at("rounds"),
          .load = json.at("load"),
          .stolen = json.at("stolen")};
}

std::unexpected<Error> wrong(const std::string& reason) {
  return fail({.kind = ErrorKind::unsupported,
               .text = "this file",
               .reason = "it is not what pinfold-bench --json writes: " + reason});
}

}  // namespace

std::string to_json(const Run& run) {
  Json rows = Json::array();
  for (const Line& line : run.lines)
    rows.push_back(line_json(line));
  Json skipped = Json::array();
  for (const auto& [name, reason] : run.skipped)
    skipped.push_back({{"name", name}, {"reason", reason}});
  const Json json = {{"conditions", conditions_json(run.conditions)},
                     {"rows", std::move(rows)},
                     {"skipped", std::move(skipped)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Run> parse_run(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Run run{.conditions = parse_conditions(json.at("conditions"))};
    for (const Json& row : json.at("rows")) {
      const auto stands = parse_stands(row.at("stands"));
      if (!stands) return wrong("what stands for a ratio is unknown");
      run.lines.push_back(parse_line(row, *stands));
    }
    for (const Json& row : json.at("skipped"))
      run.skipped.push_back({.name = row.at("name"), .reason = row.at("reason")});
    return run;
  } catch (const nlohmann::json::exception& exception) {
    return wrong(exception.what());
  }
}

}  // namespace pinfold::bench
